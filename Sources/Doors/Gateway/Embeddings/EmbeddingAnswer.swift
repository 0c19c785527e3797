import Billing
import Foundation
import Inference

/// Writes vectors in OpenAI's form.
enum EmbeddingAnswer {
  static func json(
    _ vectors: [[Float]], _ asked: EmbeddingRequest, usage: TokenUsage
  ) -> [UInt8] {
    let floats = vectors.reduce(0) { $0 + $1.count }
    var writer = JSONWriter(capacity: 256 + floats * (asked.encoding == .float ? 13 : 6))
    writer.object { writer in
      writer.member("object", "list")
      writer.key("data")
      writer.array { writer in
        for (index, vector) in vectors.enumerated() {
          writer.object { writer in
            writer.member("object", "embedding")
            writer.member("index", index)
            writer.key("embedding")
            write(&writer, vector, asked.encoding)
          }
        }
      }
      writer.member("model", asked.model)
      writer.key("usage")
      writer.object { writer in
        writer.member("prompt_tokens", usage.prompt)
        writer.member("total_tokens", usage.total)
      }
    }
    return writer.bytes
  }

  /// - Returns: the first `count` values at length 1 again; zeros stay zeros.
  static func shortened(_ vector: [Float], to count: Int) -> [Float] {
    let part = vector.prefix(count)
    let length = part.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    return length > 0 ? part.map { Float(Double($0) / length) } : Array(part)
  }

  private static func write(
    _ writer: inout JSONWriter, _ vector: [Float], _ encoding: EmbeddingRequest.Encoding
  ) {
    switch encoding {
    case .float:
      writer.array { writer in
        for value in vector { writer.raw("\(value)".utf8) }
      }
    case .base64:
      var data = Data(capacity: vector.count * 4)
      for value in vector {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
      }
      writer.string(data.base64EncodedString())
    }
  }
}
