"""transformers' base class of models: what a model in training or in use needs of it, without loading and saving."""
import inspect
import re
import sys

import torch
from torch import nn

from .configuration_utils import PreTrainedConfig
from .integrations.sdpa_attention import sdpa_attention_forward
from .utils.output_capturing import _CAN_RECORD_REGISTRY

VLMS = []


class AttentionInterface(dict):
    """Attention by the name of its implementation; a model's own is the one that it hands in."""

    def __init__(self):
        super().__init__()
        self["sdpa"] = sdpa_attention_forward

    def get_interface(self, attn_implementation, default):
        if attn_implementation is None or attn_implementation == "eager":
            return default
        return self.get(attn_implementation, default)

    def register(self, key, value):
        self[key] = value

    def valid_keys(self):
        return list(self)


ALL_ATTENTION_FUNCTIONS = AttentionInterface()


def get_parameter_dtype(parameter):
    return torch.float32


get_parameter_device = get_parameter_dtype


def get_torch_context_manager_or_global_device():
    return None


class EmbeddingAccessMixin:
    _input_embed_layer = "embed_tokens"

    def _find_embeddings(self):
        """What holds the table, or the model inside that finds it."""
        name = self._input_embed_layer
        if getattr(self, name, None) is not None:
            return self, None
        for holder in (getattr(self, "embeddings", None), getattr(self, "model", None)):
            if holder is not None and hasattr(holder, name):
                return holder, None
        for inner in (getattr(self, "language_model", None), getattr(self, "base_model", None)):
            if inner is not None and inner is not self and hasattr(inner, "get_input_embeddings"):
                return None, inner
        raise NotImplementedError(f"the input embeddings of {self.__class__.__name__} are not found")

    def get_input_embeddings(self):
        holder, inner = self._find_embeddings()
        return inner.get_input_embeddings() if holder is None else getattr(holder, self._input_embed_layer)

    def set_input_embeddings(self, value):
        holder, inner = self._find_embeddings()
        if holder is None:
            inner.set_input_embeddings(value)
        else:
            setattr(holder, self._input_embed_layer, value)

    def get_output_embeddings(self):
        if not hasattr(self, "lm_head"):
            return None
        try:
            self.get_input_embeddings()
        except NotImplementedError:
            return None
        return self.lm_head

    def set_output_embeddings(self, new_embeddings):
        if getattr(self, "lm_head", None) is not None:
            self.lm_head = new_embeddings


class ModuleUtilsMixin:
    @property
    def device(self):
        return torch.device("cpu")

    @property
    def dtype(self):
        return torch.float32

    def invert_attention_mask(self, encoder_attention_mask):
        if encoder_attention_mask.dim() == 3:
            extended = encoder_attention_mask[:, None, :, :]
        else:
            extended = encoder_attention_mask[:, None, None, :]
        return (1.0 - extended.to(dtype=self.dtype)) * torch.finfo(self.dtype).min

    def get_extended_attention_mask(self, attention_mask, input_shape, device=None, dtype=None):
        if attention_mask.dim() == 3:
            extended = attention_mask[:, None, :, :]
        elif getattr(self.config, "is_decoder", False):
            length = input_shape[1]
            ids = torch.arange(length)
            causal = (ids[None, None, :].repeat(input_shape[0], length, 1) <= ids[None, :, None]).to(attention_mask.dtype)
            extended = causal[:, None, :, :] * attention_mask[:, None, None, :]
        else:
            extended = attention_mask[:, None, None, :]
        return (1.0 - extended.to(dtype=self.dtype)) * torch.finfo(self.dtype).min

    def get_head_mask(self, head_mask, num_hidden_layers, is_attention_chunked=False):
        return [None] * num_hidden_layers if head_mask is None else head_mask

    def warn_if_padding_and_no_attention_mask(self, input_ids, attention_mask):
        pass

    def num_parameters(self, only_trainable=False, exclude_embeddings=False):
        return sum(p.numel() for p in self.parameters() if not only_trainable or p.requires_grad)


class PreTrainedModel(nn.Module, EmbeddingAccessMixin, ModuleUtilsMixin):
    config_class = None
    base_model_prefix = ""
    main_input_name = "input_ids"
    is_parallelizable = False
    supports_gradient_checkpointing = False
    _auto_class = None
    _no_split_modules = None
    _tied_weights_keys = None
    _keys_to_ignore_on_load_missing = None
    _keys_to_ignore_on_load_unexpected = None
    _keys_to_ignore_on_save = None
    _keep_in_fp32_modules = None
    _keep_in_fp32_modules_strict = None
    _skip_keys_device_placement = None
    _can_record_outputs = None
    _supports_sdpa = False
    _supports_flash_attn = False
    _supports_flex_attn = False
    _supports_attention_backend = False
    _can_compile_fullgraph = False
    _is_stateful = False

    def __init__(self, config, *inputs, **kwargs):
        super().__init__()
        if not isinstance(config, PreTrainedConfig):
            raise TypeError(
                f"Parameter config in `{self.__class__.__name__}(config)` should be an instance of class "
                "`PreTrainedConfig`. To create a model from a pretrained model use "
                f"`model = {self.__class__.__name__}.from_pretrained(PRETRAINED_MODEL_NAME)`"
            )
        self.config = config
        self.name_or_path = config.name_or_path
        self.warnings_issued = {}
        self.generation_config = None
        if config._attn_implementation_internal is None:
            config._attn_implementation_internal = "sdpa" if self._supports_sdpa else "eager"
        self.loss_type = None
        _CAN_RECORD_REGISTRY[str(self.__class__)] = self._can_record_outputs

    def post_init(self):
        self.init_weights()

    def init_weights(self):
        # A model inside another is initialised by the outer one again, as in transformers.
        for name, module in self.named_modules():
            owner = self._owner_of(name)
            if owner is not None:
                owner._init_weights(module)
        self.tie_weights()

    def _owner_of(self, name):
        """The innermost model around a module: it says how the module is initialised."""
        owner = self
        at = self
        for part in name.split(".") if name else []:
            at = getattr(at, part)
            if isinstance(at, PreTrainedModel):
                owner = at
        return owner

    def _init_weights(self, module):
        std = getattr(self.config, "initializer_range", None) or 0.02
        if isinstance(module, (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d)):
            module.weight.data.normal_(mean=0.0, std=std)
            if module.bias is not None:
                module.bias.data.zero_()
        elif isinstance(module, nn.Embedding):
            module.weight.data.normal_(mean=0.0, std=std)
            if module.padding_idx is not None:
                module.weight.data[module.padding_idx].zero_()
        elif isinstance(module, nn.LayerNorm) or "RMSNorm" in module.__class__.__name__:
            if getattr(module, "weight", None) is not None:
                module.weight.data.fill_(1.0)
            if getattr(module, "bias", None) is not None:
                module.bias.data.zero_()

    def tie_weights(self, *args, **kwargs):
        for module in self.modules():
            if isinstance(module, PreTrainedModel):
                module._tie_own_weights()

    def _tie_own_weights(self):
        config = self.config.get_text_config(decoder=True) if hasattr(self.config, "get_text_config") else self.config
        keys = self._tied_weights_keys
        if isinstance(keys, dict):
            if getattr(self.config, "tie_word_embeddings", getattr(config, "tie_word_embeddings", True)):
                for target, source in keys.items():
                    self._tie(target, source)
        elif getattr(config, "tie_word_embeddings", True):
            output = self.get_output_embeddings()
            if output is not None and keys:
                output.weight = self.get_input_embeddings().weight

    def _tie(self, target, source):
        """Names are patterns: groups of the source's stand in the target's."""
        if hasattr(self, target.split(".")[0]) and not re.search(r"[\\*+()\[\]^$?]", target + source):
            self._set(target, self._get(source))
            return
        sources = [name for name, _ in self.named_parameters(remove_duplicate=False) if re.search(source, name)]
        targets = [name for name, _ in self.named_parameters(remove_duplicate=False) if re.search(target, name)]
        if len(sources) == 1:
            sources = sources * len(targets)
        for name, other in zip(targets, sources):
            self._set(name, self._get(other))

    def _get(self, name):
        at = self
        for part in name.split("."):
            at = getattr(at, part)
        return at

    def _set(self, name, value):
        *path, last = name.split(".")
        at = self
        for part in path:
            at = getattr(at, part)
        setattr(at, last, value)

    @property
    def base_model(self):
        return getattr(self, self.base_model_prefix, self)

    @property
    def loss_function(self):
        return nn.functional.cross_entropy

    @property
    def is_gradient_checkpointing(self):
        return False

    def gradient_checkpointing_enable(self, *args, **kwargs):
        pass

    def gradient_checkpointing_disable(self):
        pass

    def can_generate(self):
        return False

    def enable_input_require_grads(self):
        pass

    def set_attn_implementation(self, name):
        self.config._attn_implementation = name

    def resize_token_embeddings(self, new_num_tokens=None, *args, **kwargs):
        old = self.get_input_embeddings()
        if new_num_tokens is None or new_num_tokens == old.num_embeddings:
            return old
        made = nn.Embedding(new_num_tokens, old.embedding_dim)
        self.set_input_embeddings(made)
        output = self.get_output_embeddings()
        if output is not None:
            self.set_output_embeddings(nn.Linear(output.in_features, new_num_tokens, bias=output.bias is not None))
        self.config.vocab_size = new_num_tokens
        self.tie_weights()
        return self.get_input_embeddings()

    @classmethod
    def _from_config(cls, config, **kwargs):
        if "attn_implementation" in kwargs:
            config._attn_implementation = kwargs.pop("attn_implementation")
        if "experts_implementation" in kwargs:
            config._experts_implementation = kwargs.pop("experts_implementation")
        kwargs.pop("allow_all_kernels", None)
        given = kwargs.pop("torch_dtype", None)
        dtype = kwargs.pop("dtype", given)
        model = cls(config, **kwargs)
        return model if dtype is None else model.to(getattr(torch, dtype) if isinstance(dtype, str) else dtype)

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path, *args, config=None, **kwargs):
        if config is None:
            settings = {name: value for name, value in kwargs.items() if name in ("num_labels", "id2label", "output_attentions")}
            config = configuration_class(cls).from_pretrained(pretrained_model_name_or_path, **settings)
        # The rest is how the weights are loaded.
        own = inspect.signature(cls.__init__).parameters
        model = cls(config, *args, **{name: value for name, value in kwargs.items() if name in own})
        model.load_state_dict(torch.load(pretrained_model_name_or_path), strict=False)
        return model.eval()


def configuration_class(model):
    """A class says it by `config_class`, or by how it annotates `config`."""
    for each in model.__mro__:
        own = each.__dict__
        if own.get("config_class") is not None:
            return own["config_class"]
        name = own.get("__annotations__", {}).get("config")
        found = getattr(sys.modules.get(each.__module__), name, None) if isinstance(name, str) else None
        if found is not None:
            return found
    return PreTrainedConfig


class PreTrainedAudioTokenizerBase(PreTrainedModel):
    pass
