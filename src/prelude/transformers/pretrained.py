"""What `from_pretrained` knows without the hub: a folder of the project, and the sizes of the checkpoints that most code names."""
import json
import os

# What each has beside the defaults of its class, as its config.json on the hub does.
BERT_LARGE = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096}
ROBERTA = {"vocab_size": 50265, "max_position_embeddings": 514, "type_vocab_size": 1, "layer_norm_eps": 1e-5}
XLM_ROBERTA = {**ROBERTA, "vocab_size": 250002}
VIT_LARGE = BERT_LARGE
T5_BASE = {
    "d_model": 768,
    "d_ff": 2048,
    "num_layers": 12,
    "num_heads": 12,
    "feed_forward_proj": "gated-gelu",
    "tie_word_embeddings": False,
}


def sizes(width, layers, heads, between):
    """Of an encoder and a decoder alike."""
    alike = {"layers": layers, "attention_heads": heads, "ffn_dim": between}
    return {"d_model": width, **{f"{part}_{key}": size for part in ("encoder", "decoder") for key, size in alike.items()}}


KNOWN = {
    "albert": {
        "albert-base-v2": {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12},
    },
    "bart": {
        "bart-base": sizes(768, 6, 12, 3072),
        "bart-large": {},
    },
    "bert": {
        "bert-base-cased": {"vocab_size": 28996},
        "bert-base-chinese": {"vocab_size": 21128},
        "bert-base-multilingual-cased": {"vocab_size": 119547},
        "bert-base-multilingual-uncased": {"vocab_size": 105879},
        "bert-base-uncased": {},
        "bert-large-cased": {**BERT_LARGE, "vocab_size": 28996},
        "bert-large-uncased": BERT_LARGE,
        "all-MiniLM-L6-v2": {
            "hidden_size": 384,
            "num_hidden_layers": 6,
            "num_attention_heads": 12,
            "intermediate_size": 1536,
        },
    },
    "clip": {
        "clip-vit-base-patch16": {"vision_config": {"patch_size": 16}},
        "clip-vit-base-patch32": {},
        "clip-vit-large-patch14": {
            "projection_dim": 768,
            "text_config": {
                "hidden_size": 768,
                "intermediate_size": 3072,
                "num_attention_heads": 12,
                "projection_dim": 768,
            },
            "vision_config": {**BERT_LARGE, "patch_size": 14, "projection_dim": 768},
        },
    },
    "deberta-v2": {
        "deberta-v3-base": {
            "vocab_size": 128100,
            "hidden_size": 768,
            "intermediate_size": 3072,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "relative_attention": True,
            "position_buckets": 256,
            "norm_rel_ebd": "layer_norm",
            "share_att_key": True,
            "pos_att_type": ["p2c", "c2p"],
            "type_vocab_size": 0,
            "max_relative_positions": -1,
            "position_biased_input": False,
        },
    },
    "dinov2": {
        "dinov2-base": {"image_size": 518, "patch_size": 14},
    },
    "distilbert": {
        "distilbert-base-cased": {"vocab_size": 28996},
        "distilbert-base-multilingual-cased": {"vocab_size": 119547},
        "distilbert-base-uncased": {},
    },
    "electra": {
        "electra-base-discriminator": {
            "embedding_size": 768,
            "hidden_size": 768,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
        },
        "electra-small-discriminator": {},
    },
    "gpt2": {
        "distilgpt2": {"n_layer": 6},
        "gpt2": {},
        "gpt2-large": {"n_embd": 1280, "n_layer": 36, "n_head": 20},
        "gpt2-medium": {"n_embd": 1024, "n_layer": 24, "n_head": 16},
        "gpt2-xl": {"n_embd": 1600, "n_layer": 48, "n_head": 25},
    },
    "opt": {
        "opt-125m": {},
    },
    "roberta": {
        "distilroberta-base": {**ROBERTA, "num_hidden_layers": 6},
        "roberta-base": ROBERTA,
        "roberta-large": {**ROBERTA, **BERT_LARGE},
    },
    "t5": {
        "t5-base": {"d_model": 768, "d_ff": 3072, "num_layers": 12, "num_heads": 12},
        "t5-large": {"d_model": 1024, "d_ff": 4096, "num_layers": 24, "num_heads": 16},
        "t5-small": {},
        "flan-t5-base": T5_BASE,
        "t5-v1_1-base": T5_BASE,
    },
    "wav2vec2": {
        "wav2vec2-base": {},
        "wav2vec2-base-960h": {},
    },
    "whisper": {
        "whisper-base": sizes(512, 6, 8, 2048),
        "whisper-small": sizes(768, 12, 12, 3072),
        "whisper-tiny": {},
    },
    "vit": {
        "vit-base-patch16-224": {},
        "vit-base-patch16-224-in21k": {},
        "vit-base-patch16-384": {"image_size": 384},
        "vit-large-patch16-224": VIT_LARGE,
        "vit-large-patch16-224-in21k": VIT_LARGE,
    },
    "xlm-roberta": {
        "xlm-roberta-base": XLM_ROBERTA,
        "xlm-roberta-large": {**XLM_ROBERTA, **BERT_LARGE},
    },
}

# Whose checkpoints these are: the hub has others' under the same last name.
OWNERS = (
    "FacebookAI albert distilbert facebook google google-bert google-t5 microsoft openai openai-community "
    "sentence-transformers"
).split()

# How a checkpoint is fetched: nothing of it is a setting of the model.
FETCHING = (
    "_commit_hash _from_auto _from_pipeline cache_dir code_revision force_download from_flax from_tf ignore_mismatched_sizes "
    "local_files_only low_cpu_mem_usage proxies resume_download revision subfolder token trust_remote_code use_auth_token "
    "use_safetensors variant"
).split()


def settings_of(kwargs):
    return {key: value for key, value in kwargs.items() if key not in FETCHING}


def read(name):
    """The config.json of a folder of the project, or of a checkpoint in the hub's cache; None where there is none."""
    for path in (os.path.normpath(os.path.join(name, "config.json")), f"<hub>/models--{name.replace('/', '--')}"):
        if os.path.isfile(path):
            with open(path) as file:
                return json.load(file)
    return None


def known(name):
    """The kind of model that a checkpoint of the hub is, and its settings; None for others."""
    owner, _, last = name.rpartition("/")
    for kind, checkpoints in KNOWN.items():
        if last in checkpoints and (not owner or owner in OWNERS):
            return {"model_type": kind, **checkpoints[last]}
    return None


def configuration(name, such):
    """The settings of a checkpoint, as a dictionary."""
    name = str(name)
    found = read(name) or known(name)
    if found is None:
        raise OSError(
            f"the configuration of '{name}' is not in the project: put its config.json into a folder and name that, or construct the "
            f"model from a configuration, such as {such}()"
        )
    return found


def absent(cls, name, *args, **kwargs):
    """A tokenizer or a processor: files of the hub, of which nothing is known but that they can be named and called."""
    return open(f"{name}/tokenizer or processor").read()
