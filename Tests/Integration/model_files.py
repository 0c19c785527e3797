"""Small model files made by hand, so that each may be made wrong in one place.

`gguf()` gives the bytes of a two-layer llama of random weights with a byte-level tokenizer;
`folder()` saves the same model as Hugging Face does. Both take what should differ.
"""

import json
import os
import random
import struct

WIDTH, HEADS, KV_HEADS, INNER, LAYERS = 64, 4, 2, 96, 2
F32 = 0


def byte_alphabet():
    """GPT-2's printable spelling of the 256 bytes."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(b) if b in plain else chr(next(others)) for b in range(256)]


TOKENS = byte_alphabet() + ["<|end|>"]


def metadata():
    return {
        "general.architecture": "llama", "general.name": "Hand Made",
        "llama.block_count": LAYERS, "llama.context_length": 64, "llama.embedding_length": WIDTH,
        "llama.feed_forward_length": INNER, "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": KV_HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5, "llama.rope.freq_base": 10000.0,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": TOKENS, "tokenizer.ggml.merges": ["a b"][:0],
        "tokenizer.ggml.token_type": [1] * 256 + [3], "tokenizer.ggml.eos_token_id": 256,
        "tokenizer.ggml.bos_token_id": 256, "tokenizer.ggml.add_bos_token": False,
    }


def tensors(seed=1):
    """Name to (shape with rows first, values)."""
    rng = random.Random(seed)

    def matrix(rows, columns):
        return [rows, columns], [rng.gauss(0, 0.1) for _ in range(rows * columns)]

    head = WIDTH // HEADS
    result = {"token_embd.weight": matrix(len(TOKENS), WIDTH),
              "output_norm.weight": ([WIDTH], [1.0] * WIDTH)}
    for layer in range(LAYERS):
        for name, shape in {
            "attn_q": (WIDTH, WIDTH), "attn_k": (KV_HEADS * head, WIDTH),
            "attn_v": (KV_HEADS * head, WIDTH), "attn_output": (WIDTH, WIDTH),
            "ffn_gate": (INNER, WIDTH), "ffn_up": (INNER, WIDTH), "ffn_down": (WIDTH, INNER),
        }.items():
            result[f"blk.{layer}.{name}.weight"] = matrix(*shape)
        for name in ("attn_norm", "ffn_norm"):
            result[f"blk.{layer}.{name}.weight"] = ([WIDTH], [1.0] * WIDTH)
    return result


def text(value):
    raw = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<Q", len(raw)) + raw


def pair(key, value):
    """A key-value pair; `(type number, bytes)` is written as it is."""
    if isinstance(value, tuple):
        kind, body = value
    elif isinstance(value, bool):
        kind, body = 7, struct.pack("<B", value)
    elif isinstance(value, int):
        kind, body = 4, struct.pack("<I", value)
    elif isinstance(value, float):
        kind, body = 6, struct.pack("<f", value)
    elif isinstance(value, str):
        kind, body = 8, text(value)
    elif value and isinstance(value[0], int):
        kind, body = 9, struct.pack("<IQ", 5, len(value)) + struct.pack(f"<{len(value)}i", *value)
    else:
        kind, body = 9, struct.pack("<IQ", 8, len(value)) + b"".join(map(text, value))
    return text(key) + struct.pack("<I", kind) + body


def gguf(values={}, weights={}, version=3, kinds={}, offsets={}, counts=None):
    """`values` and `weights` replace or add metadata and tensors (None leaves one out); `kinds` and
    `offsets` replace a tensor's type number and offset; `counts` what the header claims."""
    keys = {k: v for k, v in {**metadata(), **values}.items() if v is not None}
    stored = {k: v for k, v in {**tensors(), **weights}.items() if v is not None}
    claimed = counts or (len(stored), len(keys))
    header = b"GGUF" + struct.pack("<IQQ", version, *claimed)
    header += b"".join(pair(k, v) for k, v in keys.items())
    data = b""
    for name, (shape, elements) in stored.items():
        header += text(name) + struct.pack("<I", len(shape))
        header += b"".join(struct.pack("<Q", n) for n in reversed(shape))
        header += struct.pack("<IQ", kinds.get(name, F32), offsets.get(name, len(data)))
        data += struct.pack(f"<{len(elements)}f", *elements)
        data += b"\0" * (-len(data) % 32)
    return header + b"\0" * (-len(header) % 32) + data


def hub_name(name):
    names = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}
    base = name.removesuffix(".weight")
    if base in names:
        return names[base] + ".weight"
    _, layer, part = base.split(".")
    part = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
            "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
            "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm",
            "ffn_norm": "post_attention_layernorm"}[part]
    return f"model.layers.{layer}.{part}.weight"


def safetensors(stored, header=None):
    """`header` replaces entries of the header, or is its very bytes."""
    entries, data = {}, b""
    for name, (shape, elements) in stored.items():
        raw = struct.pack(f"<{len(elements)}f", *elements)
        entries[name] = {"dtype": "F32", "shape": shape,
                         "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    if isinstance(header, bytes):
        return header + data
    raw = json.dumps({**entries, **(header or {})}).encode()
    return struct.pack("<Q", len(raw)) + raw + data


def configuration():
    return {
        "model_type": "llama", "hidden_size": WIDTH, "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS, "num_hidden_layers": LAYERS, "intermediate_size": INNER,
        "vocab_size": len(TOKENS), "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": True,
        "eos_token_id": 256,
    }


def tokenizer():
    return {
        "version": "1.0", "normalizer": None, "post_processor": None, "decoder": None,
        "added_tokens": [{"id": 256, "content": "<|end|>", "special": True, "normalized": False,
                          "lstrip": False, "rstrip": False, "single_word": False}],
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
        "model": {"type": "BPE", "vocab": {t: i for i, t in enumerate(TOKENS[:256])}, "merges": []},
    }


def folder(path, config={}, tokenizer_json=None, weights={}, header=None):
    """`config` replaces members (None leaves one out) or is the file's text; `tokenizer_json` is an
    object or the text."""
    os.makedirs(path, exist_ok=True)
    if not isinstance(config, str):
        merged = {**configuration(), **config}
        config = json.dumps({k: v for k, v in merged.items() if v is not None})
    spelled = tokenizer() if tokenizer_json is None else tokenizer_json
    stored = {hub_name(k): v for k, v in tensors().items()}
    stored = {k: v for k, v in {**stored, **weights}.items() if v is not None}
    for name, content in {
        "config.json": config,
        "tokenizer.json": spelled if isinstance(spelled, str) else json.dumps(spelled),
        "model.safetensors": safetensors(stored, header),
    }.items():
        with open(os.path.join(path, name), "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
    return path
