/// A sequence as the scheduler keeps it. Only the scheduler changes it.
final class ScheduledSequence {
  let id: UInt64
  let scope: String
  let priority: Int
  let promptCount: Int
  let share: CustomerShare
  /// Prompt and answer so far.
  var tokens: [Int32]
  /// How many leading tokens have keys and values in `pages`.
  var computed = 0
  var pages: [Int32] = []
  /// How many leading pages are in the prefix tree. All of them are full.
  var publishedPages = 0
  /// The prompt's last, partly filled page was offered to others.
  var publishedPrompt = false
  var isRunning = false
  /// While it waits: the sequence that is computing its beginning, and the tokens to wait for.
  var waitsFor: (id: UInt64, tokens: Int)?
  /// Prompt tokens that the prefix cache served when the sequence first ran; nil before that.
  var cachedTokens: Int?
  /// The most tokens that were computed at any time.
  var reached = 0
  /// Tokens computed again after the sequence gave up its pages.
  var recomputedTokens = 0

  init(id: UInt64, prompt: [Int32], scope: String, priority: Int, share: CustomerShare) {
    self.id = id
    self.scope = scope
    self.priority = priority
    self.share = share
    promptCount = prompt.count
    tokens = prompt
  }

  var pending: Int { tokens.count - computed }

  /// The order in which sequences keep their pages: higher priority first, then the older.
  func outranks(_ other: ScheduledSequence) -> Bool {
    priority == other.priority ? id < other.id : priority > other.priority
  }

  /// How many leading tokens two sequences have in common, `limit` at most. O(limit).
  func sharedTokens(with other: ScheduledSequence, limit: Int) -> Int {
    let most = min(limit, tokens.count, other.tokens.count)
    return tokens.withUnsafeBufferPointer { own in
      other.tokens.withUnsafeBufferPointer { theirs in
        var count = 0
        while count < most, own[count] == theirs[count] { count += 1 }
        return count
      }
    }
  }
}
