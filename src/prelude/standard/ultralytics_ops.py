"""What models of the YOLO family take from ultralytics: sizes as multiples."""
import math


def make_divisible(x, divisor):
    if hasattr(divisor, "max"):
        divisor = int(divisor.max())
    return math.ceil(x / divisor) * divisor
