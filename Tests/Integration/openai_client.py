#!/usr/bin/env python3
"""Exercises a running server with the official `openai` client, unmodified.

Environment:
  BREAKEVEN_BASE_URL   such as http://127.0.0.1:8080/v1
  BREAKEVEN_API_KEY    a key with credit
  BREAKEVEN_MODEL      a model of the own engine; the first listed unless given
Exits non-zero, naming the check, when anything differs from what OpenAI's client expects.
"""
import os
import sys

import openai

BASE_URL = os.environ["BREAKEVEN_BASE_URL"]
API_KEY = os.environ["BREAKEVEN_API_KEY"]
client = openai.OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0, timeout=120)
passed = 0


def check(name, condition, detail=""):
    global passed
    if not condition:
        sys.exit(f"openai client: FAILED {name} {detail}")
    passed += 1


def raises(name, kind, call, code=None, param=None):
    try:
        call()
    except kind as error:
        if code is not None:
            check(name, error.code == code, f"code {error.code!r}, expected {code!r}")
        if param is not None:
            check(name, error.param == param, f"param {error.param!r}, expected {param!r}")
        check(name, error.request_id, "no x-request-id")
        return
    sys.exit(f"openai client: FAILED {name}: no {kind.__name__}")


models = list(client.models.list())
check("models are listed", models)
MODEL = os.environ.get("BREAKEVEN_MODEL") or models[0].id
check("a model is retrieved", client.models.retrieve(MODEL).id == MODEL)
raises("an unknown model", openai.NotFoundError, lambda: client.models.retrieve("nope"), "model_not_found")

MESSAGES = [
    {"role": "system", "content": "You answer briefly."},
    {"role": "user", "content": [{"type": "text", "text": "Name three colours — drei Farben, 三种颜色."}]},
]
GREEDY = dict(model=MODEL, messages=MESSAGES, temperature=0, seed=1, max_tokens=16)


def chat(**more):
    return client.chat.completions.create(**{**GREEDY, **more})


whole = chat()
text = whole.choices[0].message.content
check("an answer", whole.object == "chat.completion" and whole.id.startswith("chatcmpl-") and text)
check("its role", whole.choices[0].message.role == "assistant")
check("its end", whole.choices[0].finish_reason in ("stop", "length"))
check("its usage", whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens)
check("its limit", 0 < whole.usage.completion_tokens <= 16)
check("cached tokens", 0 <= whole.usage.prompt_tokens_details.cached_tokens <= whole.usage.prompt_tokens)
check("fingerprint", whole.system_fingerprint)
check("request id", whole._request_id)

chunks = list(chat(stream=True, stream_options={"include_usage": True}))
streamed = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
check("a stream says the same", streamed == text, f"{streamed!r} != {text!r}")
check("a stream's usage", chunks[-1].usage.completion_tokens == whole.usage.completion_tokens)
check("a stream's end", [c.choices[0].finish_reason for c in chunks if c.choices][-1] == whole.choices[0].finish_reason)
check("no usage unless asked for", all(c.usage is None for c in chat(stream=True)))

with client.chat.completions.with_streaming_response.create(**GREEDY) as raw:
    check("raw response", raw.status_code == 200 and raw.parse().choices[0].message.content == text)

several = chat(n=3, temperature=1.0, max_tokens=4)
check("n choices", [c.index for c in several.choices] == [0, 1, 2])
check("n choices add up", several.usage.completion_tokens <= 12)

logprobs = chat(logprobs=True, top_logprobs=2, max_tokens=4).choices[0].logprobs.content
check("logprobs", logprobs and all(entry.logprob <= 0 for entry in logprobs))
check("top logprobs", all(len(entry.top_logprobs) == 2 for entry in logprobs))
check("greedy takes the likeliest", all(abs(e.top_logprobs[0].logprob - e.logprob) < 1e-4 for e in logprobs))

if len(text) > 4:
    stop = text[3:5]
    stopped = chat(stop=[stop]).choices[0]
    check("stop", stop not in stopped.message.content and stopped.finish_reason == "stop")

completion = client.completions.create(model=MODEL, prompt="Once upon a time", max_tokens=8, temperature=0)
check("a completion", completion.object == "text_completion" and completion.usage.completion_tokens <= 8)
pieces = list(client.completions.create(model=MODEL, prompt="Once upon a time", max_tokens=8, temperature=0, stream=True))
check("a completion's stream", "".join(p.choices[0].text for p in pieces if p.choices) == completion.choices[0].text)
echoed = client.completions.create(model=MODEL, prompt=["Ab", "Cd"], max_tokens=1, echo=True)
check("prompts and echo", [c.text[:2] for c in echoed.choices] == ["Ab", "Cd"])

raises("a wrong key", openai.AuthenticationError, lambda: client.with_options(api_key="sk-be-wrong").models.list(), "invalid_api_key")
raises("an unknown model's chat", openai.NotFoundError, lambda: chat(model="nope"), "model_not_found", "model")
raises("a wrong value", openai.BadRequestError, lambda: chat(temperature=9), "invalid_value", "temperature")
raises("a wrong type", openai.BadRequestError, lambda: chat(extra_body={"seed": "x"}), "invalid_type", "seed")
raises("no messages", openai.BadRequestError, lambda: chat(messages=[]), "invalid_value", "messages")
raises("too long", openai.BadRequestError, lambda: chat(max_tokens=10**8), "context_length_exceeded")
raises("an unknown format", openai.BadRequestError, lambda: chat(response_format={"type": "xml"}), "invalid_value", "response_format.type")
raises("functions", openai.BadRequestError, lambda: chat(extra_body={"functions": [{"name": "f"}]}), "unsupported_parameter", "functions")

key = {"Idempotency-Key": f"client-{os.getpid()}-{os.urandom(4).hex()}"}
first = chat(extra_headers=key)
check("idempotency replays", chat(extra_headers=key).id == first.id)
raises("another body", openai.UnprocessableEntityError, lambda: chat(extra_headers=key, max_tokens=3), "idempotency_key_reused")

with chat(stream=True, max_tokens=16) as stream:
    next(iter(stream))
check("a stream may be left", chat(max_tokens=1).usage.completion_tokens <= 1)

print(f"openai client {openai.__version__}: {passed} checks passed")
