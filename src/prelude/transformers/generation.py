"""Generation of text by transformers: a loop around a model, which no forward() runs."""


class GenerationMixin:
    def can_generate(self):
        return True

    def prepare_inputs_for_generation(self, input_ids, **kwargs):
        return {"input_ids": input_ids, **kwargs}

    def _extract_past_from_model_output(self, outputs):
        return outputs.past_key_values


class GenerationConfig:
    def __init__(self, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)

    @classmethod
    def from_model_config(cls, config):
        return cls()

    @staticmethod
    def _get_default_generation_params():
        return {}


class Anything:
    def __init__(self, *args, **kwargs):
        pass


LogitsProcessor = LogitsProcessorList = StoppingCriteria = StoppingCriteriaList = CompileConfig = Anything


class GenerateOutput:
    pass


def __getattr__(name):
    return Anything
