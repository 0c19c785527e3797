"""Serves a model by PyPI's xllamacpp until it is interrupted.

    xllamacpp_server.py MODEL PORT THREADS on|off SLOTS CONTEXT
"""

import signal
import sys

import xllamacpp

path, port, threads, flash, slots, context = sys.argv[1:]
parameters = xllamacpp.CommonParams()
parameters.model.path = path
parameters.hostnames = ["127.0.0.1"]
parameters.port = int(port)
parameters.n_parallel = int(slots)
parameters.n_ctx = int(context)
parameters.cont_batching = True
parameters.cpuparams.n_threads = int(threads)
parameters.cpuparams_batch.n_threads = int(threads)
kinds = xllamacpp.llama_flash_attn_type
parameters.flash_attn_type = next(
    kind for kind in kinds
    if kind.name.endswith("ENABLED" if flash == "on" else "DISABLED"))
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
signal.sigwait({signal.SIGINT, signal.SIGTERM})
