/// The KV cache's pages: who holds them, and which full ones can serve other sequences.
///
/// A page is held by as many sequences as its count says. A full page may be published under its
/// tokens and the page before it; it then serves any sequence that begins alike. When nobody holds
/// it, a published page stays until its memory is needed, least recently used first.
/// Every operation is O(1) but `match`, O(pages matched).
struct PagePool {
  /// A place in the tree of published prefixes; the root of a scope has no page.
  struct Prefix: Hashable {
    fileprivate let serial: UInt64
    fileprivate let scope: String

    static func root(scope: String) -> Prefix { Prefix(serial: 0, scope: scope) }
  }

  /// A dictionary over these compares parent and tokens on a hit: equal hashes are not enough. The
  /// parent's serial is never used twice, so the chain stands for all tokens before it.
  private struct Key: Hashable {
    let parent: Prefix
    let tokens: [Int32]
  }

  private struct Page {
    var holders = 0
    var key: Key?
    var serial: UInt64 = 0
    /// Neighbours in the list of pages that nobody holds.
    var older: Int32 = -1
    var newer: Int32 = -1
  }

  let pageLength: Int
  let count: Int
  private let sharing: Bool
  private var pages: [Page]
  private var published: [Key: Int32] = [:]
  private var oldest: Int32 = -1
  private var newest: Int32 = -1
  private var lastSerial: UInt64 = 0
  /// Pages that nobody holds; published ones among them can still be matched.
  private(set) var free = 0

  init(pages count: Int, pageLength: Int, sharing: Bool) {
    precondition(count > 0 && count <= Int(Int32.max) && pageLength > 0)
    self.count = count
    self.pageLength = pageLength
    self.sharing = sharing
    pages = Array(repeating: Page(), count: count)
    for page in 0..<Int32(count) { appendFree(page) }
  }

  /// A page to write to, held once; nil when all are held.
  mutating func take() -> Int32? {
    guard oldest >= 0 else { return nil }
    let page = oldest
    removeFree(page)
    unpublish(page)
    pages[Int(page)].holders = 1
    return page
  }

  mutating func release(_ page: Int32) {
    precondition(pages[Int(page)].holders > 0, "page \(page) is not held")
    pages[Int(page)].holders -= 1
    guard pages[Int(page)].holders == 0 else { return }
    if pages[Int(page)].key == nil { prependFree(page) } else { appendFree(page) }
  }

  /// How many leading full pages of `tokens` are published, `limit` at most, and how many of those
  /// nobody holds. Changes nothing.
  func matchLength(_ tokens: [Int32], scope: String, limit: Int) -> (pages: Int, unheld: Int) {
    var prefix = Prefix.root(scope: scope)
    var matched = 0
    var unheld = 0
    while matched < limit, let page = find(tokens, matched, prefix) {
      if pages[Int(page)].holders == 0 { unheld += 1 }
      prefix = Prefix(serial: pages[Int(page)].serial, scope: scope)
      matched += 1
    }
    return (matched, unheld)
  }

  /// Takes hold of the published pages that `tokens` begin with, `limit` at most.
  mutating func match(
    _ tokens: [Int32], scope: String, limit: Int
  ) -> (pages: [Int32], prefix: Prefix) {
    var prefix = Prefix.root(scope: scope)
    var matched: [Int32] = []
    while matched.count < limit, let page = find(tokens, matched.count, prefix) {
      if pages[Int(page)].holders == 0 { removeFree(page) }
      pages[Int(page)].holders += 1
      matched.append(page)
      prefix = Prefix(serial: pages[Int(page)].serial, scope: scope)
    }
    return (matched, prefix)
  }

  /// Makes a full page findable under `tokens` after `parent`. When an equal page is published
  /// already, that one stands for both. Gives the place for the next page's parent.
  mutating func publish(_ page: Int32, tokens: ArraySlice<Int32>, after parent: Prefix) -> Prefix {
    precondition(tokens.count == pageLength && pages[Int(page)].holders > 0)
    guard sharing else { return parent }
    let key = Key(parent: parent, tokens: Array(tokens))
    if let twin = published[key] {
      return Prefix(serial: pages[Int(twin)].serial, scope: parent.scope)
    }
    precondition(pages[Int(page)].key == nil, "page \(page) is published already")
    lastSerial += 1
    pages[Int(page)].key = key
    pages[Int(page)].serial = lastSerial
    published[key] = page
    return Prefix(serial: lastSerial, scope: parent.scope)
  }

  func holders(_ page: Int32) -> Int { pages[Int(page)].holders }

  private func find(_ tokens: [Int32], _ index: Int, _ parent: Prefix) -> Int32? {
    let start = index * pageLength
    guard sharing, start + pageLength <= tokens.count else { return nil }
    return published[Key(parent: parent, tokens: Array(tokens[start..<start + pageLength]))]
  }

  private mutating func unpublish(_ page: Int32) {
    guard let key = pages[Int(page)].key else { return }
    published[key] = nil
    pages[Int(page)].key = nil
  }

  // The list of pages that nobody holds, oldest first; those with nothing to offer go to the front.

  private mutating func appendFree(_ page: Int32) {
    pages[Int(page)].older = newest
    pages[Int(page)].newer = -1
    if newest >= 0 { pages[Int(newest)].newer = page } else { oldest = page }
    newest = page
    free += 1
  }

  private mutating func prependFree(_ page: Int32) {
    pages[Int(page)].newer = oldest
    pages[Int(page)].older = -1
    if oldest >= 0 { pages[Int(oldest)].older = page } else { newest = page }
    oldest = page
    free += 1
  }

  private mutating func removeFree(_ page: Int32) {
    let (older, newer) = (pages[Int(page)].older, pages[Int(page)].newer)
    if older >= 0 { pages[Int(older)].newer = newer } else { oldest = newer }
    if newer >= 0 { pages[Int(newer)].older = older } else { newest = older }
    free -= 1
  }
}

extension PagePool {
  /// For tests: the free list and the counts agree, and every published page is found under its
  /// key.
  func checkInvariants() {
    var page = oldest
    var length = 0
    while page >= 0 {
      precondition(pages[Int(page)].holders == 0)
      length += 1
      precondition(length <= count)
      page = pages[Int(page)].newer
    }
    precondition(length == free)
    precondition(pages.count { $0.holders == 0 } == free)
    for (key, page) in published { precondition(pages[Int(page)].key == key) }
    precondition(pages.count { $0.key != nil } == published.count)
  }
}
