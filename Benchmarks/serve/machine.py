"""The machine: its name, what it reads and computes at most, and what a model asks of it."""

import os
import pathlib
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def describe(threads):
    """Processor, cores, memory, and measured limits of `threads` threads."""
    text = subprocess.run(["lscpu"], capture_output=True, text=True, check=True).stdout
    field = dict(re.findall(r"^([^:\n]+):\s*(.*)$", text, re.M))
    flags = set(field.get("Flags", "").split())
    with open("/proc/meminfo") as f:
        memory = int(re.search(r"MemTotal:\s+(\d+)", f.read()).group(1)) / 2**20
    return {
        "processor": f"{field.get('Model name', 'unknown')} (family {field.get('CPU family', '?')}, "
                     f"model {field.get('Model', '?')})",
        "cores": os.cpu_count(),
        "l3": field.get("L3 cache", "unknown"),
        "memory_gib": round(memory, 1),
        "instructions": [name for name in
                         ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_int8")
                         if name in flags],
        "threads": threads,
        **limits(threads),
    }


def limits(threads):
    """Read bandwidth in GB/s over 1 GiB and over 96 MiB, and 8-bit operations in GOP/s (0 where
    the processor has no VNNI)."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "limits")
        subprocess.run(["cc", "-O3", "-pthread", "-o", program, str(HERE / "limits.c")], check=True)
        out = subprocess.run([program, str(threads)], capture_output=True, text=True, check=True)
    memory, cache, operations = map(float, out.stdout.split())
    return {"dram_gb_s": memory, "model_sized_gb_s": cache, "int8_gop_s": operations}


def demands(path):
    """Bytes of weights read and multiply-add operations for one token, from a GGUF file: those of a
    decoding step, head included, and the operations of a prompt's token, without it."""
    import gguf

    reader = gguf.GGUFReader(path)
    names = {tensor.name for tensor in reader.tensors}
    total, head, count, head_count = 0, 0, 0, 0
    for tensor in reader.tensors:
        size, values = int(tensor.n_bytes), int(tensor.n_elements)
        is_head = tensor.name == ("output.weight" if "output.weight" in names
                                  else "token_embd.weight")
        if tensor.name == "token_embd.weight" and not is_head:
            continue  # one row is looked up
        total, count = total + size, count + values
        if is_head:
            head, head_count = size, values
    return {"bytes": total, "operations": 2 * count, "head_bytes": head,
            "prompt_operations": 2 * (count - head_count)}
