import Inference

extension CompletionAnswerWriter {
  /// Log-probabilities in the route's form; null when they were not asked for.
  func write(_ writer: inout JSONWriter, _ tokens: [TokenLogprob]?, offset: Int) {
    guard let tokens else { return writer.null() }
    switch style {
    case .chat: writeChat(&writer, tokens)
    case .text: writeText(&writer, tokens, offset: offset)
    }
  }

  private func writeChat(_ writer: inout JSONWriter, _ tokens: [TokenLogprob]) {
    writer.object { writer in
      writer.key("content")
      writer.array { writer in
        for token in tokens {
          writer.object { writer in
            entry(&writer, token.text, token.logprob, token.bytes)
            writer.key("top_logprobs")
            writer.array { writer in
              for top in token.top {
                writer.object { entry(&$0, top.text, top.logprob, top.bytes) }
              }
            }
          }
        }
      }
      writer.nullMember("refusal")
    }
  }

  private func entry(_ writer: inout JSONWriter, _ text: String, _ logprob: Float, _ bytes: [UInt8])
  {
    writer.member("token", text)
    writer.key("logprob")
    writer.double(Self.finite(logprob))
    writer.key("bytes")
    writer.array { writer in
      for byte in bytes { writer.int(Int(byte)) }
    }
  }

  private func writeText(_ writer: inout JSONWriter, _ tokens: [TokenLogprob], offset: Int) {
    writer.object { writer in
      writer.key("tokens")
      writer.array { writer in
        for token in tokens { writer.string(token.text) }
      }
      writer.key("token_logprobs")
      writer.array { writer in
        for token in tokens { writer.double(Self.finite(token.logprob)) }
      }
      writer.key("top_logprobs")
      writer.array { writer in
        for token in tokens {
          writer.object { writer in
            for top in token.top {
              writer.key(top.text)
              writer.double(Self.finite(top.logprob))
            }
          }
        }
      }
      writer.key("text_offset")
      writer.array { writer in
        var offset = offset
        for token in tokens {
          writer.int(offset)
          offset += token.text.unicodeScalars.count
        }
      }
    }
  }

  /// Impossible tokens are as unlikely as OpenAI writes them; JSON has no infinity.
  private static func finite(_ logprob: Float) -> Double {
    logprob.isFinite ? Double(logprob) : -9999
  }
}
