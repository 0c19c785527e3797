"""Milliseconds from before llama.cpp opens a file to its first token.

    llama_start.py MODEL THREADS PROMPT
"""

import ctypes
import sys
import time

import llama_cpp

path, threads, prompt = sys.argv[1], int(sys.argv[2]), sys.argv[3].encode()
silence = llama_cpp.llama_log_callback(lambda *_: None)  # kept: C holds no reference to it
llama_cpp.llama_log_set(silence, ctypes.c_void_p(0))

began = time.perf_counter()
llama_cpp.llama_backend_init()
model = llama_cpp.llama_model_load_from_file(path.encode(), llama_cpp.llama_model_default_params())
settings = llama_cpp.llama_context_default_params()
settings.n_ctx = 512
settings.n_threads = settings.n_threads_batch = threads
context = llama_cpp.llama_init_from_model(model, settings)
vocabulary = llama_cpp.llama_model_get_vocab(model)
tokens = (llama_cpp.llama_token * 64)()
count = llama_cpp.llama_tokenize(vocabulary, prompt, len(prompt), tokens, 64, True, False)
if count <= 0 or llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(tokens, count)) != 0:
    sys.exit("llama.cpp cannot decode the prompt")
sampler = llama_cpp.llama_sampler_init_greedy()
token = llama_cpp.llama_sampler_sample(sampler, context, -1)
print((time.perf_counter() - began) * 1000)
if not 0 <= token < llama_cpp.llama_vocab_n_tokens(vocabulary):
    sys.exit("llama.cpp sampled no token")
