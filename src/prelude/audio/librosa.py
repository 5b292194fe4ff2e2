"""librosa, of which networks of sound take banks of filters and a few tools; sounds are read by a program, not by its model."""

import numpy as np


def hz_to_mel(frequencies, *, htk=False):
    frequencies = np.asarray(frequencies, dtype=np.float64)
    if htk:
        return 2595.0 * np.log10(1.0 + frequencies / 700.0)
    # Slaney's: even steps up to 1,000 Hz, even ratios above.
    above = np.log(np.maximum(frequencies, 1e-10) / 1000.0) / (np.log(6.4) / 27.0)
    return np.where(frequencies >= 1000.0, 15.0 + above, frequencies * 3.0 / 200.0)


def mel_to_hz(mels, *, htk=False):
    mels = np.asarray(mels, dtype=np.float64)
    if htk:
        return 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    above = 1000.0 * np.exp((np.log(6.4) / 27.0) * (mels - 15.0))
    return np.where(mels >= 15.0, above, mels * 200.0 / 3.0)


def mel_frequencies(n_mels=128, *, fmin=0.0, fmax=11025.0, htk=False):
    low, high = float(hz_to_mel(fmin, htk=htk)), float(hz_to_mel(fmax, htk=htk))
    return mel_to_hz(np.linspace(low, high, n_mels), htk=htk)


def fft_frequencies(*, sr=22050, n_fft=2048):
    return np.linspace(0.0, sr / 2.0, 1 + n_fft // 2) if n_fft % 2 == 0 else np.arange(1 + n_fft // 2) * sr / n_fft


def mel(sr, n_fft, n_mels=128, fmin=0.0, fmax=None, htk=False, norm='slaney', dtype=np.float32):
    """Triangles over the bins of a spectrum, [n_mels, 1 + n_fft // 2]; each of area 1 by Slaney's norm."""
    if norm not in ('slaney', 1, None):
        import _unread

        return _unread.member('librosa.filters.mel', 'norm')
    points = mel_frequencies(n_mels + 2, fmin=fmin, fmax=sr / 2.0 if fmax is None else fmax, htk=htk)
    widths = np.diff(points)
    ramps = points[:, None] - fft_frequencies(sr=sr, n_fft=n_fft)[None, :]
    rising = -ramps[:-2] / widths[:-1, None]
    falling = ramps[2:] / widths[1:, None]
    weights = np.maximum(0.0, np.minimum(rising, falling))
    if norm is not None:
        weights = weights * (2.0 / (points[2:] - points[:-2]))[:, None]
    return weights.astype(dtype)


def get_window(window, Nx, *, fftbins=True):
    from scipy.signal import get_window

    return get_window(window, Nx, fftbins=fftbins)


def pad_center(data, size, axis=-1, **options):
    length = data.shape[axis]
    before = int((size - length) // 2)
    if before < 0:
        raise ValueError(f'Target size ({size:d}) must be at least input size ({length:d})')
    widths = [(0, 0)] * data.ndim
    widths[axis] = (before, int(size - length - before))
    return np.pad(data, widths, **options)


def fix_length(data, size, axis=-1, **options):
    length = data.shape[axis]
    if length > size:
        return data[(slice(None),) * (axis % data.ndim) + (slice(0, size),)]
    widths = [(0, 0)] * data.ndim
    widths[axis] = (0, size - length)
    return np.pad(data, widths, **options) if length < size else data


def tiny(x):
    kind = getattr(x, 'dtype', np.float32)
    return np.finfo(kind if kind in (np.float32, np.float64) else np.float32).tiny


def normalize(S, norm=np.inf, axis=0, threshold=None, fill=None):
    """To a norm of 1, where it is not next to nothing."""
    size = np.abs(S).astype(np.float64)
    if norm is None:
        return S
    if norm == np.inf:
        length = np.max(size, axis=axis, keepdims=True)
    elif norm in (1, 2):
        length = np.sum(size**norm, axis=axis, keepdims=True) ** (1.0 / norm)
    else:
        import _unread

        return _unread.member('librosa.util.normalize', 'norm')
    least = tiny(S) if threshold is None else threshold
    return S / np.where(length < least, 1.0, length)


def window_sumsquare(window, n_frames, hop_length=512, win_length=None, n_fft=2048, dtype=np.float32, norm=None):
    length = n_fft if win_length is None else win_length
    one = pad_center(normalize(get_window(window, length), norm=norm) ** 2, n_fft)
    total = np.zeros(n_fft + hop_length * (n_frames - 1), dtype=dtype)
    for i in range(n_frames):
        at = i * hop_length
        total[at : at + n_fft] += one[: max(0, min(n_fft, len(total) - at))]
    return total


class filters:
    mel = staticmethod(mel)
    get_window = staticmethod(get_window)
    window_sumsquare = staticmethod(window_sumsquare)


class util:
    fix_length = staticmethod(fix_length)
    normalize = staticmethod(normalize)
    pad_center = staticmethod(pad_center)
    tiny = staticmethod(tiny)


def __getattr__(name):
    import _unread

    if name.startswith('__'):
        raise AttributeError(f"module 'librosa' has no attribute '{name}'")
    return _unread.member('librosa', name)
