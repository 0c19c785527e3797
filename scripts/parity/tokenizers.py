#!/usr/bin/env python3
"""Compares our token ids with llama.cpp's (GGUF) or Hugging Face tokenizers' (tokenizer.json).

    python scripts/parity/tokenizers.py MODEL.gguf [--count 4000] [--seed 1]
    python scripts/parity/tokenizers.py tokenizer.json

Needs llama-cpp-python for GGUF, tokenizers for tokenizer.json. The strings come from a fixed seed.
Our side is a command that reads one JSON string a line and writes one JSON array of ids a line;
by default `breakeven model tokenize FILE --json`. Exit status 1 when any string differs.
"""

import argparse
import json
import pathlib
import random
import shlex
import subprocess
import sys
import unicodedata

# This file has the name of the package it compares with; its folder must not come first.
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:] = [path for path in sys.path if pathlib.Path(path or ".").resolve() != HERE]

WORDS = """the of and to in is you that it he was for on are as with his they I at be this have from
or one had by word but not what all were we when your can said there use an each which she do how
their if will up other about out many then them these so some her would make like him into time has
look two more write go see number no way could people my than first water been call who oil its now
find long down day did get come made may part isn't don't we're they've I'll he'd I'M YOU'RE It'S
o'clock rock'n'roll 'tis international electroencephalogram antidisestablishmentarianism""".split()
CODE = [
    "def f(x):\n    return x ** 2\n", "for (int i = 0; i < n; ++i) {\n\ta[i] += b[i];\n}\n",
    "let x = try? await foo(_:bar:)\r\n", "SELECT * FROM t WHERE a <> 'b' -- c\n", "#include <stdio.h>\n",
    "<div class=\"a\">&nbsp;</div>", "https://example.com/a?b=c&d=%20#e", "x => x?.y ?? z", "a && b || !c",
    "```json\n{\"a\": [1, 2.5e-3, null]}\n```", "$HOME/.config/*.yml", "0x1F 0b101 1_000_000 3.14159", "\\frac{a}{b}",
]
SPECIAL = [
    "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|im_start", "im_end|>", "<s>", "</s>", "<unk>", "<bos>",
    "<eos>", "<start_of_turn>", "<end_of_turn>", "<start_of_turn>user\n", "<0x0A>", "<0xE4>", "<pad>", "[INST]",
    "<|im_start|>user\nHi<|im_end|>\n", "<repo_name>", "<file_sep>", "<td>", "<h1>", "</code>", "<unused3>", "\u2581",
    "\u2581\u2581a", "<|begin_of_text|>", "<|eot_id|>",
]
SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\r", "\n\n", "\n\n\n\n", "\u00a0", "\u3000", "\u2003", "\u2028",
          "\u200b", "\ufeff", " \n", "\n ", "\t\t ", "        ", " " * 17, " " * 40, "\n" * 33, "\v", "\f", "\u0085"]
EMOJI = ["😀", "👩\u200d👩\u200d👧\u200d👦", "👍🏽", "🇨🇳🇪🇺", "❤\ufe0f", "🏳\ufe0f\u200d🌈", "1\ufe0f\u20e3", "🧑\u200d💻", "✨", "🫠"]
COMBINING = ["e\u0301", "é", "A\u030a", "Å", "\u212b", "n\u0303\u0323", "क्षि", "ก็", "한", "\u1112\u1161\u11ab", "ﬁ",
             "q\u0307\u0323", "\u0301", "עִבְרִית", "か\u3099", "a\u0300\u0301\u0302", "ſ's 'ſ"]
DIGITS = ["0", "7", "42", "2024", "1234567", "٣٤٥", "१२३", "๑๒", "１２３", "Ⅻ", "½", "²", "①", "㊗", "𝟘𝟙", "3.14", "1,000"]
CONTROL = ["\x00", "\x01", "\x07", "\x1b[31m", "\x7f", "\u0080", "\u200e", "\u202e", "\ue000", "\U000f0000", "\ufffd", "\ufffe"]
PHRASES = [
    "今天天气很好，我们去公园吧。", "机器学习模型的推理成本", "繁體中文測試「引號」", "日本語のテキスト、カタカナ", "한국어 문장입니다.",
    "Привет, как дела?", "Γειά σου Κόσμε", "مرحبا بالعالم", "שלום עולם", "नमस्ते दुनिया", "สวัสดีชาวโลก", "Việt Nam đẹp",
    "Größe Straße façade naïve", "€100 £20 ¥3000", "“quotes” – dashes — and…", "a≠b ∀x∈ℝ ∑∫", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "𠀀𠮷", "ǅ ŉ İı",
]
RANGES = [(0x20, 0x7E), (0xA0, 0x17F), (0x370, 0x3FF), (0x400, 0x4FF), (0x590, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F),
          (0xE00, 0xE7F), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x20A0, 0x22FF), (0x2500, 0x27BF), (0x3000, 0x30FF),
          (0x4E00, 0x9FA5), (0xAC00, 0xD7A3), (0xFF00, 0xFFEF), (0x1F300, 0x1F64F), (0x10000, 0x1FFFF), (0, 0x10FFFF)]


def scalar(rng):
    while True:
        low, high = rng.choice(RANGES)
        character = chr(rng.randint(low, high))
        # Unassigned ones belong to different Unicode versions on the two sides.
        if unicodedata.category(character) not in ("Cn", "Cs"):
            return character


def string(rng):
    kind = rng.randrange(8)
    if kind == 0:
        return " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 30)))
    if kind == 1:
        return "".join(scalar(rng) for _ in range(rng.randint(1, 40)))
    if kind == 2:
        return "".join(rng.choice(CODE) for _ in range(rng.randint(1, 4)))
    if kind == 3:
        return "".join(rng.choice(PHRASES) for _ in range(rng.randint(1, 4)))
    pools = [WORDS, SPACES, EMOJI, COMBINING, DIGITS, CONTROL, PHRASES, CODE, SPECIAL, [" "], ["'", "."]]
    return "".join(rng.choice(rng.choice(pools)) for _ in range(rng.randint(1, 25)))


def strings(count, seed):
    rng = random.Random(seed)
    fixed = ["", " ", "a", "\n", "a" * 3000, " " * 500, "ab " * 200] + WORDS + CODE + SPECIAL + SPACES + EMOJI
    fixed += COMBINING + DIGITS + CONTROL + PHRASES
    return fixed + [string(rng) for _ in range(max(0, count - len(fixed)))]


def ours(command, texts):
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    result = subprocess.run(command, input=lines, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{shlex.join(command)} failed:\n{result.stderr}")
    rows = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("[")]
    if len(rows) != len(texts):
        sys.exit(f"{len(rows)} answers to {len(texts)} strings:\n{result.stderr}")
    return rows


def llama_ids(path, texts, special):
    import llama_cpp

    silence = llama_cpp.llama_log_callback(lambda *_: None)  # kept: C holds no reference to it
    llama_cpp.llama_log_set(silence, None)
    llama_cpp.llama_backend_init()
    params = llama_cpp.llama_model_default_params()
    params.vocab_only = True
    model = llama_cpp.llama_model_load_from_file(path.encode(), params)
    if not model:
        sys.exit(f"llama.cpp cannot load {path}")
    vocab = llama_cpp.llama_model_get_vocab(model)
    rows = []
    for text in texts:
        raw = text.encode()
        room = len(raw) + 8
        ids = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(vocab, raw, len(raw), ids, room, True, special)
        if count < 0:
            sys.exit("llama.cpp gave more tokens than bytes")
        rows.append(list(ids[:count]))
    llama_cpp.llama_model_free(model)
    return rows


def hugging_face_ids(path, texts, special):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(path)
    tokenizer.encode_special_tokens = not special
    return [tokenizer.encode(text).ids for text in texts]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--command", help="our side, instead of `breakeven model tokenize FILE --json`")
    parser.add_argument("--plain", action="store_true", help="special tokens are ordinary text (our command must agree)")
    parser.add_argument("--skip-noncomposed", action="store_true",
                        help="leave out strings that NFC changes: llama.cpp does not normalise, the model's own tokenizer does")
    parser.add_argument("--skip", action="append", default=[],
                        help="leave out strings that hold this text: llama.cpp makes a control token of whatever is "
                             "spelled </s>, in Gemma an HTML tag, so with --plain it differs from the model's own")
    parser.add_argument("--show", type=int, default=10)
    arguments = parser.parse_args()
    texts = strings(arguments.count, arguments.seed)
    if arguments.skip_noncomposed:
        texts = [text for text in texts if unicodedata.is_normalized("NFC", text)]
    texts = [text for text in texts if not any(skip in text for skip in arguments.skip)]
    command = shlex.split(arguments.command or f"breakeven model tokenize {shlex.quote(arguments.file)} --json")
    mine = ours(command, texts)
    oracle = hugging_face_ids if arguments.file.endswith(".json") else llama_ids
    theirs = oracle(arguments.file, texts, not arguments.plain)
    differing = [index for index in range(len(texts)) if mine[index] != theirs[index]]
    for index in differing[: arguments.show]:
        print(f"{json.dumps(texts[index])[:400]}\n  ours   {mine[index][:60]}\n  theirs {theirs[index][:60]}")
    tokens = sum(map(len, theirs))
    print(f"{len(texts) - len(differing)} of {len(texts)} strings agree ({tokens} tokens, {oracle.__name__})")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
