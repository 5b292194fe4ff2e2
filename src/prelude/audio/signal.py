"""scipy.signal, of which networks of sound take windows: the library's own text takes seconds to read."""

import numpy as np

COSINES = {
    'hann': [0.5, 0.5],
    'hamming': [0.54, 0.46],
    'blackman': [0.42, 0.50, 0.08],
    'nuttall': [0.3635819, 0.4891775, 0.1365995, 0.0106411],
    'blackmanharris': [0.35875, 0.48829, 0.14128, 0.01168],
    'flattop': [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368],
}


def _window(shape):
    """A window of M points; one that is not symmetric is a period of the symmetric one that has a point more."""

    def made(M, *args, sym=True, **options):
        if M <= 1:
            return np.ones(M)
        whole = shape(M if sym else M + 1, *args, **options)
        return whole if sym else whole[:-1]

    return made


def general_cosine(M, a, sym=True):
    return _window(_cosines)(M, a, sym=sym)


def _cosines(M, a):
    angle = np.linspace(-np.pi, np.pi, M)
    return sum(each * np.cos(k * angle) for k, each in enumerate(a))


def general_hamming(M, alpha, sym=True):
    return general_cosine(M, [alpha, 1.0 - alpha], sym)


def _named(name):
    def made(M, sym=True):
        return general_cosine(M, COSINES[name], sym)

    return made


hann, hamming, blackman, nuttall, blackmanharris, flattop = (_named(name) for name in COSINES)


@_window
def boxcar(M):
    return np.ones(M)


@_window
def bartlett(M):
    n = np.arange(M)
    return 1 - np.abs(2 * n / (M - 1) - 1)


@_window
def triang(M):
    n = np.arange(1, (M + 1) // 2 + 1)
    half = 2 * n / (M + 1) if M % 2 else (2 * n - 1) / M
    return np.concatenate([half, half[::-1][M % 2 :]])


@_window
def cosine(M):
    return np.sin(np.pi / M * (np.arange(M) + 0.5))


@_window
def gaussian(M, std):
    n = np.arange(M) - (M - 1) / 2
    return np.exp(-(n**2) / (2 * std * std))


@_window
def kaiser(M, beta):
    import torch

    middle = (M - 1) / 2
    x = torch.from_numpy(beta * np.sqrt(1 - ((np.arange(M) - middle) / middle) ** 2))
    shape = torch.special.i0(x) / torch.special.i0(torch.tensor(float(beta), dtype=torch.float64))
    return np.array(shape.tolist(), dtype=np.float64)


KNOWN = {
    'bartlett': bartlett,
    'black': blackman,
    'blackman': blackman,
    'blackmanharris': blackmanharris,
    'box': boxcar,
    'boxcar': boxcar,
    'cosine': cosine,
    'flattop': flattop,
    'gaussian': gaussian,
    'hamm': hamming,
    'hamming': hamming,
    'han': hann,
    'hann': hann,
    'kaiser': kaiser,
    'nuttall': nuttall,
    'ones': boxcar,
    'rect': boxcar,
    'rectangular': boxcar,
    'triang': triang,
    'triangle': triang,
}


def get_window(window, Nx, fftbins=True):
    if isinstance(window, (int, float)):
        name, args = 'kaiser', (window,)
    elif isinstance(window, str):
        name, args = window, ()
    else:
        name, args = window[0], tuple(window[1:])
    made = KNOWN.get(name)
    if made is None:
        import _unread

        return _unread.member('scipy.signal.windows', name)
    return made(Nx, *args, sym=not fftbins)


class windows:
    bartlett = staticmethod(bartlett)
    blackman = staticmethod(blackman)
    blackmanharris = staticmethod(blackmanharris)
    boxcar = staticmethod(boxcar)
    cosine = staticmethod(cosine)
    flattop = staticmethod(flattop)
    gaussian = staticmethod(gaussian)
    general_cosine = staticmethod(general_cosine)
    general_hamming = staticmethod(general_hamming)
    hamming = staticmethod(hamming)
    hann = staticmethod(hann)
    kaiser = staticmethod(kaiser)
    nuttall = staticmethod(nuttall)
    triang = staticmethod(triang)
    get_window = staticmethod(get_window)


def __getattr__(name):
    import _unread

    if name.startswith('__'):
        raise AttributeError(f"module 'scipy.signal' has no attribute '{name}'")
    return _unread.member('scipy.signal', name)
