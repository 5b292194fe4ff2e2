import assert from 'node:assert/strict';
import { likelySettingOf, settingOf } from '../../src/extract/layerSettings';
import { MANNERS } from '../../src/extract/sizeManners';
import { usualArguments } from '../../src/extract/usualSizes';
import { itemAt } from '../../src/graph/access';

/** Names as they are written in the wild, by the value that is chosen for them alone. */
const SPELLINGS: Readonly<Record<string, string>> = {
  '64': `in_channels out_channels in_ch out_ch ch_in ch_out inchannels outchannels inChannels outChannel in_chans in_c out_c
    inc outc c1 c2 c_in c_out cin cout nin nout n_in n_out inp oup inplanes outplanes in_planes out_planes planes channels
    channel chans nf ngf ndf nc_in n_feat n_feats num_feat num_features in_features out_features hidden hidden_size
    hidden_dim hid_dim hidden_units num_hidden n_hidden nhid ninp hidden_channels mid_channels bottleneck_channels
    bottleneck_dim inner_dim dim dim_in dim_out dim_inner d_model d_ff d_inner d_hid emb_dim embed_dim embedding_dim
    embed_size emb_size emsize n_embd feature_dim feat_dim latent_dim latent_size z_dim context_dim cond_dim time_emb_dim
    temb_channels skip_channels num_filters n_filters base_channels model_channels state_dim input_dim output_dim
    input_size output_size input_channels output_channels in_dim out_dim attn_dim key_dim value_dim d_k d_v query_dim
    proj_dim mlp_dim ff_dim ffn_dim mid_planes inter_channels width trg_dim src_dim text_dim vision_width encoder_dim
    decoder_dim speaker_embed_dim adapter_dim router_size gru_units n_units rnn_size lstm_hidden`,
  '3': 'kernel_size kernel kernelSize ks k ksize k_size kernel_sz filter_size kernel_w temp_kernel_size conv_kernel_size',
  '1': 'stride strides_x s conv_stride dilation dilation_rate groups cardinality padding pad alpha gamma temperature batch_size',
  '2': `depth num_layers n_layers nlayers n_layer num_blocks n_blocks num_block num_res_blocks layers_num n_convs num_stages
    num_convs repeats scale_factor upscale upscale_factor scale ndim spatial_dims num_lstm_layers num_encoder_layers`,
  '4': `num_heads n_heads nheads nhead n_head heads num_attention_heads reduction reduction_ratio expansion expand_ratio
    mlp_ratio window_size num_experts ratio squeeze_factor`,
  '8': 'num_groups norm_num_groups gn_groups',
  '10': 'num_classes n_classes nclass num_class n_class class_num numClasses num_labels n_cls',
  '16': `seq_len max_len max_seq_len seq_length n_ctx block_size num_frames context_length n_points num_points npoint
    num_patches max_length nsample head_dim dim_head d_head patch_size growth_rate`,
  '32': 'img_size image_size resolution height spatial_size crop_size image_height',
  '1000':
    'vocab_size n_vocab ntoken ntokens n_src_vocab num_embeddings vocabulary_size num_words dict_size n_tokens num_chars',
  '0': 'padding_idx pad_idx src_pad_idx trg_pad_idx pad_id pad_token_id ignore_index',
  '0.1': 'dropout drop_rate dropout_rate p_dropout drop_path drop_prob attn_drop momentum negative_slope droprate',
  False: `use_bias_x use_norm with_se use_bn is_causal bidirectional causal use_attention batchnorm has_bias residual
    return_attn add_bias`,
  True: 'bias affine',
  'nn.ReLU': 'act_layer activation act nonlinearity activation_layer act_fn',
  'nn.BatchNorm2d': 'norm_layer norm norm_module normalization',
  "'cpu'": 'device',
};

/** Names that say nothing of a size. */
const OTHERS = `config cfg args opt options hparams params model teacher encoder_cfg weights pretrained_path ckpt tokenizer vocab_file
  dataset data loader optimizer name model_name filename path url logger callback state_dict keys metadata train_features C T
  env envs action_space observation_space graph_fn lambda_fn schedule seed_list num_epochs train_size dataset_size cache_dim`;

const list = (text: string): string[] => text.split(/\s+/).filter(Boolean);
const chosen = (name: string): string | undefined => {
  const needed = [{ name, annotation: undefined }];
  return usualArguments(needed, [name], itemAt(MANNERS, 0))?.get(name);
};

describe('names of parameters', () => {
  for (const [value, names] of Object.entries(SPELLINGS))
    it(`are understood: ${value} for ${list(names).slice(0, 4).join(', ')}…`, () => {
      const others = list(names).filter((name) => chosen(name) !== value);
      assert.deepEqual(
        others.map((name) => `${name}: ${chosen(name)} (${settingOf(name) ?? likelySettingOf(name)})`),
        [],
      );
    });

  it('are more than 200', () => {
    assert.ok(new Set(Object.values(SPELLINGS).flatMap(list)).size > 200);
  });

  it('of anything else leave the question', () => {
    assert.deepEqual(
      list(OTHERS).flatMap((name) => (chosen(name) === undefined ? [] : [`${name}: ${chosen(name)}`])),
      [],
    );
  });
});

describe('annotations of parameters', () => {
  const value = (name: string, annotation: string): string | undefined =>
    usualArguments([{ name, annotation }], [name], itemAt(MANNERS, 0))?.get(name);
  for (const [name, annotation, wanted] of [
    ['dim', 'int', '64'],
    ['ratio', 'float', '4.0'],
    ['dims', 'List[int]', '[64, 64]'],
    ['dims', 'Sequence[int]', '[64, 64]'],
    ['kernel', 'Tuple[int, int, int]', '(3, 3, 3)'],
    ['channels', 'list[list[int]]', '[[64, 64], [64, 64]]'],
    ['stride', 'Union[int, Tuple[int, int]]', '1'],
    ['kernel_size', '_size_2_t', '3'],
    ['anything', 'bool', 'False'],
    ['kind', "Literal['gelu', 'relu']", "'gelu'"],
    ['act', 'nn.Module', 'nn.ReLU()'],
    ['act', 'Type[nn.Module]', 'nn.ReLU'],
    ['norm', 'Callable[..., nn.Module]', 'nn.BatchNorm2d'],
    ['table', 'Optional[LookUpTable]', 'None'],
    ['table', 'LookUpTable', undefined],
    ['kind', 'str', undefined],
  ] as const)
    it(`are followed: ${name}: ${annotation}`, () => {
      assert.equal(value(name, annotation), wanted);
    });
});
