import NIOCore

/// The caller's body as the upstream gets it: the same bytes but for the model's name, the limit on
/// the answer, and the wish for usage.
enum UpstreamBody {
  private struct Edit {
    let range: Range<Int>
    let bytes: [UInt8]
  }

  /// - Parameter limit: the most tokens of one answer, always sent, so that the answer cannot cost
  ///   more than was held.
  static func make(_ asked: CompletionRequest, model: [UInt8], limit: Int) -> ByteBuffer {
    let document = asked.fields.document
    var edits: [Edit] = []
    let limited = document.members.contains { isLimit($0, document) && !document.value($0).isNull }
    var hasLimit = false
    var hasOptions = false
    for member in document.members {
      let range = member.start..<member.end
      if document.has(member, "model") {
        edits.append(Edit(range: range, bytes: model))
      } else if isLimit(member, document) {
        // A null beside a number stays; a null alone becomes the limit.
        if limited, document.value(member).isNull { continue }
        hasLimit = true
        edits.append(Edit(range: range, bytes: Array(String(limit).utf8)))
      } else if asked.stream, document.has(member, "stream_options") {
        hasOptions = true
        edits.append(Edit(range: range, bytes: options(document.value(member))))
      }
    }
    var added: [UInt8] = []
    if !hasLimit { added += Array("\"max_tokens\":\(limit),".utf8) }
    if asked.stream, !hasOptions {
      added += Array(#""stream_options":{"include_usage":true},"#.utf8)
    }
    return splice(document, added: added, edits)
  }

  private static func isLimit(_ member: JSONMember, _ document: JSONDocument) -> Bool {
    document.has(member, "max_tokens") || document.has(member, "max_completion_tokens")
  }

  private static func options(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter(capacity: value.byteCount + 24)
    writer.object { writer in
      for (key, member) in value.members where key != "include_usage" {
        writer.key(key)
        writer.raw(member.raw)
      }
      writer.key("include_usage")
      writer.bool(true)
    }
    return writer.bytes
  }

  /// `added` goes first in the object, which has at least the member `model`.
  private static func splice(
    _ document: JSONDocument, added: [UInt8], _ edits: [Edit]
  ) -> ByteBuffer {
    let bytes = document.bytes
    var buffer = ByteBufferAllocator().buffer(
      capacity: bytes.count + added.count + edits.reduce(0) { $0 + $1.bytes.count })
    let opening = document.root.start + 1
    buffer.writeBytes(bytes[document.root.start..<opening])
    buffer.writeBytes(added)
    var position = opening
    for edit in edits {
      buffer.writeBytes(bytes[position..<edit.range.lowerBound])
      buffer.writeBytes(edit.bytes)
      position = edit.range.upperBound
    }
    buffer.writeBytes(bytes[position..<document.root.end])
    return buffer
  }
}
