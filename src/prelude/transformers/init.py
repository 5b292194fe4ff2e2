"""transformers where it is not installed: the classes that models of one's own derive from."""
from .configuration_utils import PretrainedConfig, PreTrainedConfig
from .generation import GenerationConfig, GenerationMixin
from .hf_argparser import HfArgumentParser
from .modeling_utils import PreTrainedModel
