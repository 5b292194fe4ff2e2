"""Writes the backend tests of the `onnx` package that is installed, as Debian's libonnx-testdata has those of 1.12.

usage: make_onnx_cases.py FOLDER

Each case is a folder with model.onnx and test_data_set_*/{input,output}_*.pb. Cases whose values are no tensors are left
out: they are refused before anything is computed.
"""

import pathlib
import sys

from onnx import TensorProto, numpy_helper
from onnx.backend.test.case.node import collect_testcases


def write(folder, kind, values, infos):
    for i, (value, info) in enumerate(zip(values, infos)):
        tensor = value if isinstance(value, TensorProto) else numpy_helper.from_array(value, info.name)
        (folder / f"{kind}_{i}.pb").write_bytes(tensor.SerializeToString())


def main(out):
    for case in collect_testcases(None):
        infos = [*case.model.graph.input, *case.model.graph.output]
        if not all(info.type.HasField("tensor_type") for info in infos):
            continue
        folder = out / case.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.onnx").write_bytes(case.model.SerializeToString())
        for i, (inputs, outputs) in enumerate(case.data_sets):
            own = folder / f"test_data_set_{i}"
            own.mkdir(exist_ok=True)
            write(own, "input", inputs, case.model.graph.input)
            write(own, "output", outputs, case.model.graph.output)


main(pathlib.Path(sys.argv[1]))
