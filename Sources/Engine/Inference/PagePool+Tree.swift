/// The tree of published prefixes: one root a scope, one node a page.
///
/// A node stands for the tokens of its page after those of the pages above it. Siblings may begin
/// alike: where two prefixes part inside a page, each has that page whole. They are kept in lexical
/// order, so the sibling that shares the most with a prompt is a neighbour of the prompt's place,
/// and the longest common prefix is found to the token.
extension PagePool {
  /// What a prompt shares with what is cached.
  struct Match: Equatable {
    /// Full pages, to be held together with whoever else holds them.
    var pages: [Int32] = []
    /// How many of them nobody holds.
    var unheld = 0
    /// The page that begins with the next `partialTokens` tokens, to be copied; −1 without one.
    var partial: Int32 = -1
    var partialTokens = 0

    func tokens(pageLength: Int) -> Int { pages.count * pageLength + partialTokens }
  }

  /// The longest cached prefix of `sequence`, at most `limit` tokens. Changes nothing.
  /// O(log siblings × page length) a page.
  func match(_ sequence: [Int32], scope: String, limit: Int) -> Match {
    var match = Match()
    guard sharing, var siblings = roots[scope] else { return match }
    let limit = min(limit, sequence.count)
    while true {
      let start = match.pages.count * pageLength
      let wanted = sequence[start..<min(start + pageLength, limit)]
      let (page, shared) = closest(to: wanted, among: siblings)
      guard shared > 0 else { return match }
      guard shared == pageLength else {
        match.partial = page
        match.partialTokens = shared
        return match
      }
      if pages[Int(page)].holders == 0 { match.unheld += 1 }
      match.pages.append(page)
      siblings = pages[Int(page)].children
    }
  }

  /// Takes hold of a match's full pages, and makes the page to be copied recently used.
  mutating func hold(_ match: Match) {
    for page in match.pages { hold(page) }
    if match.partial >= 0 { touch(match.partial) }
  }

  /// Makes a page findable under `values` (at most a page of tokens) after `parent` (−1: the root of
  /// `scope`). A page already in the tree is moved to its new, longer tokens.
  ///
  /// When the tree has the same tokens already, the page stays as it is. Gives the page that now
  /// stands for them: for a full page the caller holds that one instead of its own.
  mutating func publish(
    _ page: Int32, _ values: ArraySlice<Int32>, after parent: Int32, scope: String
  ) -> Int32 {
    precondition(!values.isEmpty && values.count <= pageLength && pages[Int(page)].holders > 0)
    guard sharing else { return page }
    if pages[Int(page)].count > 0 { unpublish(page) }
    let siblings = parent < 0 ? roots[scope, default: []] : pages[Int(parent)].children
    let (twin, shared) = closest(to: values, among: siblings)
    if shared == values.count { return twin }
    // A shorter sibling that this page contains serves nobody any more.
    if shared > 0, Int(pages[Int(twin)].count) == shared {
      unpublish(twin)
      if pages[Int(twin)].holders == 0 {
        removeFree(twin)
        prependFree(twin)
      }
    }
    write(page, values, parent, scope)
    insert(page, after: parent, scope: scope)
    return page
  }

  /// Takes a page out of the tree.
  mutating func unpublish(_ page: Int32) {
    guard pages[Int(page)].count > 0 else { return }
    precondition(pages[Int(page)].children.isEmpty, "only a leaf leaves the tree")
    let (parent, scope) = (pages[Int(page)].parent, pages[Int(page)].scope)
    if parent >= 0 {
      let place = self.place(of: published(page), among: pages[Int(parent)].children)
      precondition(pages[Int(parent)].children[place] == page)
      pages[Int(parent)].children.remove(at: place)
    } else {
      let place = self.place(of: published(page), among: roots[scope, default: []])
      precondition(roots[scope]?[place] == page)
      roots[scope]?.remove(at: place)
      if roots[scope]?.isEmpty == true { roots[scope] = nil }
    }
    pages[Int(page)].count = 0
    pages[Int(page)].parent = -1
    pages[Int(page)].scope = ""
  }

  /// The tokens that a page is published under.
  func published(_ page: Int32) -> ArraySlice<Int32> {
    let start = Int(page) * pageLength
    return tokens[start..<start + Int(pages[Int(page)].count)]
  }

  private mutating func write(
    _ page: Int32, _ values: ArraySlice<Int32>, _ parent: Int32, _ scope: String
  ) {
    let start = Int(page) * pageLength
    for (offset, value) in values.enumerated() { tokens[start + offset] = value }
    pages[Int(page)].count = Int32(values.count)
    pages[Int(page)].parent = parent
    pages[Int(page)].scope = parent < 0 ? scope : ""
  }

  private mutating func insert(_ page: Int32, after parent: Int32, scope: String) {
    if parent >= 0 {
      let place = self.place(of: published(page), among: pages[Int(parent)].children)
      pages[Int(parent)].children.insert(page, at: place)
    } else {
      let place = self.place(of: published(page), among: roots[scope, default: []])
      roots[scope, default: []].insert(page, at: place)
    }
  }

  /// The sibling that shares most leading tokens with `values`, and how many.
  private func closest(
    to values: ArraySlice<Int32>, among siblings: [Int32]
  ) -> (page: Int32, shared: Int) {
    guard !values.isEmpty, !siblings.isEmpty else { return (-1, 0) }
    let place = self.place(of: values, among: siblings)
    var best: (page: Int32, shared: Int) = (-1, 0)
    for index in max(0, place - 1)...min(place, siblings.count - 1) {
      let shared = common(values, siblings[index])
      if shared > best.shared { best = (siblings[index], shared) }
    }
    return best
  }

  /// The first sibling that does not precede `values`.
  private func place(of values: ArraySlice<Int32>, among siblings: [Int32]) -> Int {
    var (low, high) = (0, siblings.count)
    while low < high {
      let middle = (low + high) / 2
      if precedes(siblings[middle], values) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func precedes(_ page: Int32, _ values: ArraySlice<Int32>) -> Bool {
    let shared = common(values, page)
    guard shared < values.count else { return false }
    guard shared < Int(pages[Int(page)].count) else { return true }
    return tokens[Int(page) * pageLength + shared] < values[values.startIndex + shared]
  }

  private func common(_ values: ArraySlice<Int32>, _ page: Int32) -> Int {
    let start = Int(page) * pageLength
    let most = min(values.count, Int(pages[Int(page)].count))
    var shared = 0
    while shared < most, values[values.startIndex + shared] == tokens[start + shared] {
      shared += 1
    }
    return shared
  }
}
