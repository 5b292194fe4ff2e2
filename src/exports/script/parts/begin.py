"""Compares activation functions in a PyTorch model, at full scale and on your own data.

Written by Activation Lens from a comparison; it needs PyTorch 1.13 or newer and nothing else. Fill in load_data(): until
then the script learns from data that is made up to suit the model, so that it runs as it is and says little.

Every candidate begins with the same weights and sees the same batches. Learning rates are chosen on the validation
data, with seeds that are not in the result; the result is the loss on the test data, candidate by candidate against the
model as written, seed by seed. `--help` lists the options.
"""

import argparse
import csv
import importlib
import importlib.util
import itertools
import json
import math
import os
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
