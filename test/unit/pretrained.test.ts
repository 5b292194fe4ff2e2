import assert from 'node:assert/strict';
import { libraries } from '../../src/extract/libraries';
import { printed } from '../support/python';

const run = (files: Readonly<Record<string, string>>, ...lines: string[]) =>
  printed({ 'a.py': lines.join('\n'), ...files }, 'a.py', {}, libraries);

const own = [
  'from transformers import PretrainedConfig, PreTrainedModel',
  'import torch.nn as nn',
  'class Config(PretrainedConfig):',
  "    model_type = 'own'",
  '    def __init__(self, width=4, **kwargs):',
  '        super().__init__(**kwargs)',
  '        self.width = width',
  'class Net(PreTrainedModel):',
  '    config_class = Config',
  '    def __init__(self, config):',
  '        super().__init__(config)',
  '        self.a = nn.Linear(config.width, config.num_labels)',
  '        self.post_init()',
];

describe('from_pretrained without the hub', () => {
  it("takes a folder's config.json, and settings beside it; how it is fetched is no setting", async () => {
    const files = { 'model/config.json': '{"model_type": "own", "width": 7}' };
    const lines = await run(
      files,
      ...own,
      "net = Net.from_pretrained('model', num_labels=3, cache_dir='x', trust_remote_code=True)",
      'print(net.a.weight.shape, net.training, net.config.width)',
      "config, unused = Config.from_pretrained('./model', width=5, revision='main', return_unused_kwargs=True)",
      'print(config.width, unused)',
      "print(Config.from_json_file('model/config.json').width)",
    );
    assert.deepEqual(lines, ['torch.Size([3, 7]) False 7', '5 {}', '7']);
  });

  it('takes the class of the configuration from an annotation, too', async () => {
    const lines = await run(
      { 'model/config.json': '{"model_type": "own", "width": 7}' },
      ...own,
      'class Base(PreTrainedModel):',
      '    config: Config',
      'class Head(Base):',
      '    def __init__(self, config):',
      '        super().__init__(config)',
      '        self.a = nn.Linear(config.width, 2)',
      "print(Head.from_pretrained('model').a.weight.shape)",
    );
    assert.deepEqual(lines, ['torch.Size([2, 7])']);
  });

  it('knows the sizes of the checkpoints that most code names, and those of their owners alone', async () => {
    const lines = await run(
      {},
      'from transformers._pretrained import known',
      "print(known('bert-base-uncased'), known('google-bert/bert-base-cased'), known('openai-community/gpt2-medium'))",
      "print(known('someone/bert-base-uncased'), known('bert-base'))",
    );
    assert.deepEqual(lines, [
      "{'model_type': 'bert'} {'model_type': 'bert', 'vocab_size': 28996} {'model_type': 'gpt2', 'n_embd': 1024, 'n_layer': 24, 'n_head': 16}",
      'None None',
    ]);
  });

  it('asks for others', async () => {
    const [line = ''] = await run({}, ...own, "Net.from_pretrained('someone/theirs')");
    assert.match(
      line,
      /the configuration of 'someone\/theirs' is not in the project: put its config.json into a folder/,
    );
    assert.match(line, /such as Config\(\)/);
  });
});
