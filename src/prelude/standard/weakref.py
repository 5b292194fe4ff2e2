"""weakref, where nothing is ever collected."""


class ref:
    def __init__(self, object, callback=None):
        self._object = object

    def __call__(self):
        return self._object

    def __hash__(self):
        return hash(self._object)

    def __eq__(self, other):
        return isinstance(other, ref) and self._object == other._object


ReferenceType = WeakMethod = ref


def proxy(object, callback=None):
    return object


def finalize(object, function, *args, **kwargs):
    return None


class WeakKeyDictionary(dict):
    pass


WeakValueDictionary = WeakKeyDictionary
WeakSet = set
