"""transformers' base class of configurations, of version 4 (a written __init__) and 5 (data classes)."""
import json
from dataclasses import dataclass

from huggingface_hub.dataclasses import open_init

from ._pretrained import configuration, settings_of
from .modeling_rope_utils import RotaryEmbeddingConfigMixin


class Configuration(RotaryEmbeddingConfigMixin):
    """What both versions share."""

    base_config_key = ""
    sub_configs = {}
    is_composition = False
    has_no_defaults_at_init = False
    keys_to_ignore_at_inference = []
    attribute_map = {}
    base_model_tp_plan = None
    base_model_fsdp_plan = {}
    base_model_pp_plan = None
    base_model_ep_plan = None
    model_type = ""
    _auto_class = None
    _attn_implementation_internal = None
    # The weights of the chosen experts side by side: what the loop over experts comes to, whichever are chosen.
    _experts_implementation_internal = "batched_mm"
    is_heterogeneous = False
    _output_attentions = False
    _name_or_path = ""
    # Whether a class writes its __init__, as those of version 4 do.
    _is_written = False

    def __setattr__(self, key, value):
        super().__setattr__(type(self).attribute_map.get(key, key), value)

    def __getattribute__(self, key):
        get = super().__getattribute__
        names = get("attribute_map")
        return get(names[key]) if key in names else get(key)

    @property
    def name_or_path(self):
        return self._name_or_path

    @name_or_path.setter
    def name_or_path(self, value):
        self._name_or_path = str(value)

    @property
    def num_labels(self):
        return None if self.id2label is None else len(self.id2label)

    @num_labels.setter
    def num_labels(self, count):
        if self.id2label is None or len(self.id2label) != count:
            self.id2label = {i: f"LABEL_{i}" for i in range(count)}
            self.label2id = {label: i for i, label in self.id2label.items()}

    @property
    def output_attentions(self):
        return self._output_attentions

    @output_attentions.setter
    def output_attentions(self, value):
        if value:
            self._attn_implementation = "eager"
        self._output_attentions = value

    @property
    def use_return_dict(self):
        return self.return_dict

    @property
    def torch_dtype(self):
        return self.dtype

    @property
    def _attn_implementation(self):
        return self._attn_implementation_internal

    @_attn_implementation.setter
    def _attn_implementation(self, value):
        self._attn_implementation_internal = value
        for name in self.sub_configs:
            below = getattr(self, name, None)
            if below is not None:
                below._attn_implementation = value

    @property
    def _experts_implementation(self):
        return self._experts_implementation_internal

    @_experts_implementation.setter
    def _experts_implementation(self, value):
        self._experts_implementation_internal = value

    def get_text_config(self, decoder=None, encoder=None):
        names = ("decoder", "generator", "text_config") if decoder else ("text_encoder", "text_config")
        for name in names:
            if getattr(self, name, None) is not None and not isinstance(getattr(self, name), (str, bool, int)):
                return getattr(self, name)
        return self

    def to_dict(self):
        return dict(self.__dict__)

    to_diff_dict = to_dict

    def update(self, values):
        for name, value in values.items():
            setattr(self, name, value)

    @classmethod
    def from_dict(cls, values, **kwargs):
        return cls(**{**values, **kwargs})

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path, **kwargs):
        values = configuration(pretrained_model_name_or_path, cls.__name__)
        if cls.base_config_key in values and values.get("model_type") != cls.model_type:
            values = values[cls.base_config_key]
        unused = kwargs.pop("return_unused_kwargs", False)
        made = cls.from_dict(values, **settings_of(kwargs))
        return (made, {}) if unused else made

    @classmethod
    def from_json_file(cls, json_file):
        with open(json_file) as file:
            return cls(**json.load(file))

    @classmethod
    def get_config_dict(cls, pretrained_model_name_or_path, **kwargs):
        return configuration(pretrained_model_name_or_path, cls.__name__), settings_of(kwargs)

    def validate(self):
        return None

    validate_layer_type = validate

    def __iter__(self):
        return iter(self.__dict__)


@dataclass(repr=False, eq=False)
class PreTrainedConfig(Configuration):
    transformers_version: str | None = None
    architectures: list | None = None
    output_hidden_states: bool | None = False
    return_dict: bool | None = True
    dtype: str | None = None
    chunk_size_feed_forward: int = 0
    is_encoder_decoder: bool = False
    id2label: dict | None = None
    label2id: dict | None = None
    problem_type: str | None = None

    def __post_init__(self, **kwargs):
        kwargs.pop("torch_dtype", None)
        count = kwargs.pop("num_labels", None)
        if self.id2label is None:
            # A configuration may declare a number of its own.
            own = 2 if self.num_labels is None else self.num_labels
            self.num_labels = own if count is None else count
        else:
            self.id2label = {int(key): value for key, value in self.id2label.items()}
        # Version 5 puts the settings of rotary embeddings into one dictionary.
        if hasattr(self, "rope_parameters") and hasattr(self, "convert_rope_params_to_dict"):
            kwargs = self.convert_rope_params_to_dict(**kwargs)
        self._name_or_path = str(kwargs.pop("name_or_path", ""))
        attention = kwargs.pop("attn_implementation", None)
        if attention is not None:
            self._attn_implementation = attention
        defaults = VERSION_4 if self._is_written else {}
        for name, value in {**defaults, **kwargs}.items():
            if name in kwargs or not hasattr(self, name):
                setattr(self, name, value)

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        if "__init__" in cls.__dict__:
            cls._is_written = True
        dataclass(cls, repr=False, eq=False, init=False, kw_only=True)
        if "__init__" not in cls.__dict__:
            open_init(cls)


open_init(PreTrainedConfig)
PretrainedConfig = PreTrainedConfig

# What configurations of version 4 have without saying so.
VERSION_4 = {
    "output_attentions": False,
    "torchscript": False,
    "use_bfloat16": False,
    "pruned_heads": {},
    "tie_word_embeddings": True,
    "is_decoder": False,
    "add_cross_attention": False,
    "cross_attention_hidden_size": None,
    "tie_encoder_decoder": False,
    "use_cache": True,
    "finetuning_task": None,
    "bos_token_id": None,
    "pad_token_id": None,
    "eos_token_id": None,
    "sep_token_id": None,
    "decoder_start_token_id": None,
    "gradient_checkpointing": False,
}


def layer_type_validation(*args, **options):
    return None
