/** Names under which an activation is chosen: `act_layer`, `hidden_act`, `scoring_func`. */
import { isUnmistakable } from './stringNames';

const words = 'act|acts|acti|actv|actfn|actfns|activ|activation|activations';
const nonlinear = 'nonlin|nonlinear|nonlinearity|nonlinearities|non_linear|non_linearity';
/** Words that name the choice of an activation: `act_layer`, `hidden_act`, `activation_fn`, `nonlinearity`. */
const choosing = new RegExp(`(^|_)(${words}|${nonlinear})(_|\\d*$)`, 'i');
/** What ends so is an activation's whatever else it is: `memory_hidden_act`, `loss_activation_fn`. */
const surely = new RegExp(`(^|_)(${words}|${nonlinear})(_(fn|func|function|layer|type|name|cfg))?$`, 'i');
const notChoosing = /(^|_)(init|loss|dtype|quant|checkpoint|checkpointing|memory|offload|scale|bits)(_|$)/i;
const camel =
  /[a-z](Act|Activation|Nonlinearity)(?![a-z])|^(act|activation|nonlinearity)(Fn|Layer|Func|Name|Type)$|^(Act|Activation|Nonlinearity)[A-Z]/;

/** Whether a name says that an activation is chosen under it: `act_layer`, `hidden_act`. */
export function chooses(name: string | undefined): boolean {
  if (!name) return false;
  return (
    (choosing.test(name) && (!notChoosing.test(name) || surely.test(name))) ||
    camel.test(name) ||
    name === 'ACT2FN' ||
    name === 'ACT2CLS'
  );
}

/** Fields that say a function, or the layer of a gate: with an activation's name they choose it. */
const functional =
  /(^|_)(fn|fun|func|function)$|^function_to_apply$|(^|_)(gate|gates|gating|glu)(_(layer|type|act|fn|mode|variant))?$/i;
const notFunctional =
  /(^|_)(loss|kernel|noise|schedule|scheduler|lr|beta|window|map|cost|distance|dist|interp\w*)(_|$)/i;
/** Names that say a squashing function nearly everywhere. */
const squashing = /^(log_?softmax|softmax|gumbel_?softmax|sigmoid|tanh)$/i;
/** Fields whose words mean something else: losses, schedules, ways to gather or to draw. */
const otherEnds =
  /approx|loss|crit|objective|metric|aggr|reduc|sched|noise|beta|anneal|warm|decay|ramp|curve|eas(e|ing)|sampl|calib|align|augment|distrib|prior|link|weight|scale_type|scaling|pool|window|cost|dist(ance)?_|interp|(^|_)(lr|mode|map|kernel)(_|$)/i;
/** Of a kernel only a softmax is an activation. */
const attending = /(^|_)kernel(_(type|fn|mode|kind))?$/i;
/** The layer between attentions may be a gated unit. */
const feeding = /(^|_)(mlp|ffn|ff|feedforward)(_(type|layer|kind))?$/i;
/** A gain is that of an activation: `w_init_gain='tanh'`. */
const gain = /(^|_)gain$/i;
/** Fields whose value is the name of a part, of a file or of an operator: a layer may well be called `relu`. */
const naming = new RegExp(
  `(^|_)(${[
    'name|names|key|keys|id|ids|layer|layers|hook|hooks|path|prefix|suffix|module|modules|submodule|target|targets',
    'node|nodes|op|ops|attr|attribute|tag|tags|title|label|labels|arch|model|repo|kernel|feature|features|after|before',
    'text|string|word|words|msg|message|description|help|doc|color|filename|file|url|function_name|pattern|patterns',
  ].join('|')})\\d*$|(^|_)op_?type$|^__`,
  'i',
);
/** Of these the last word says no part's name. */
const notNaming = /(^|_)(mlp|ffn|ff|feedforward)_layer$|^(fn|func)_name$/i;

/** Whether a field of this name chooses the activation that a string names: `gate_layer='hard_sigmoid'`. */
export function fieldChooses(field: string | undefined, content: string): boolean {
  if (!field) return false;
  if (gain.test(field)) return content.toLowerCase() !== 'linear';
  if (fieldOfManyChooses(field) || (feeding.test(field) && /glu$/i.test(content))) return true;
  if (isUnmistakable(content)) return !namesParts(field);
  if (attending.test(field) && /^softmax$/i.test(content)) return true;
  // `SIGMOID = "sigmoid"` names a schedule as well.
  const isItself = field.toLowerCase() === content.toLowerCase();
  return squashing.test(content) && takesOthers(field) && !otherEnds.test(field) && !isItself;
}

/** Whether a name says an activation, at least nearly everywhere. */
export function isClear(content: string): boolean {
  return isUnmistakable(content) || squashing.test(content);
}

/** The same of one word among others: there the field alone must say it. */
export function fieldOfManyChooses(field: string | undefined): boolean {
  if (!field) return false;
  return chooses(field) || (functional.test(field) && !notFunctional.test(field));
}

/** Fields that say nothing by what else they take: the type of anything, how something is done. */
const general = /^(type|name|mode|kind|default|value|key|choices|help|method|.)$/i;

/** Whether a field that takes one activation takes others. */
export function takesOthers(field: string): boolean {
  return !namesParts(field) && !general.test(field);
}

/** Whether a field's values are names of parts, of files, of what a module exports. */
export function namesParts(field: string): boolean {
  return naming.test(field) && !notNaming.test(field);
}
