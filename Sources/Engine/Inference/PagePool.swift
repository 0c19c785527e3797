/// The KV cache's pages: who holds them, and which of them can serve other sequences.
///
/// A page is held by as many sequences as its count says. Published pages form a radix tree (see
/// `PagePool+Tree.swift`). When nobody holds it, a published page stays until its memory is needed,
/// least recently used first. A sequence holds the whole path to each of its pages and lets go of
/// the deepest first, so a page always stands before its parent in that order: what is given up is
/// a leaf. Taking and releasing a page are O(1), but for a page's place among its siblings.
struct PagePool {
  struct Page {
    var holders = 0
    /// How many tokens it is published under; 0 when it is not in the tree.
    var count: Int32 = 0
    /// −1 under a root.
    var parent: Int32 = -1
    /// The root's name, for a page under one.
    var scope = ""
    /// In the lexical order of their tokens.
    var children: [Int32] = []
    /// Neighbours in the list of pages that nobody holds.
    var older: Int32 = -1
    var newer: Int32 = -1
  }

  let pageLength: Int
  let count: Int
  let sharing: Bool
  var pages: [Page]
  /// [count][pageLength]: the tokens that pages are published under.
  var tokens: [Int32]
  /// The first pages of each scope's prefixes, in the lexical order of their tokens.
  var roots: [String: [Int32]] = [:]
  private var oldest: Int32 = -1
  private var newest: Int32 = -1
  /// Pages that nobody holds; published ones among them can still be matched.
  private(set) var free = 0

  init(pages count: Int, pageLength: Int, sharing: Bool) {
    precondition(count > 0 && count <= Int(Int32.max) && pageLength > 0)
    self.count = count
    self.pageLength = pageLength
    self.sharing = sharing
    pages = Array(repeating: Page(), count: count)
    tokens = sharing ? Array(repeating: 0, count: count * pageLength) : []
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

  mutating func hold(_ page: Int32) {
    if pages[Int(page)].holders == 0 { removeFree(page) }
    pages[Int(page)].holders += 1
  }

  mutating func release(_ page: Int32) {
    precondition(pages[Int(page)].holders > 0, "page \(page) is not held")
    pages[Int(page)].holders -= 1
    guard pages[Int(page)].holders == 0 else { return }
    if pages[Int(page)].count == 0 { prependFree(page) } else { appendFree(page) }
  }

  /// Makes a page that nobody holds the most recently used. Its parent must be held, or be touched
  /// after it.
  mutating func touch(_ page: Int32) {
    guard pages[Int(page)].holders == 0 else { return }
    removeFree(page)
    appendFree(page)
  }

  func holders(_ page: Int32) -> Int { pages[Int(page)].holders }

  // The list of pages that nobody holds, oldest first; those with nothing to offer go to the front.

  private mutating func appendFree(_ page: Int32) {
    pages[Int(page)].older = newest
    pages[Int(page)].newer = -1
    if newest >= 0 { pages[Int(newest)].newer = page } else { oldest = page }
    newest = page
    free += 1
  }

  mutating func prependFree(_ page: Int32) {
    pages[Int(page)].newer = oldest
    pages[Int(page)].older = -1
    if oldest >= 0 { pages[Int(oldest)].older = page } else { newest = page }
    oldest = page
    free += 1
  }

  mutating func removeFree(_ page: Int32) {
    let (older, newer) = (pages[Int(page)].older, pages[Int(page)].newer)
    if older >= 0 { pages[Int(older)].newer = newer } else { oldest = newer }
    if newer >= 0 { pages[Int(newer)].older = older } else { newest = older }
    free -= 1
  }
}

extension PagePool {
  /// For tests: the free list, the counts and the tree agree.
  func checkInvariants() {
    var page = oldest
    var place: [Int32: Int] = [:]
    while page >= 0 {
      precondition(pages[Int(page)].holders == 0)
      precondition(place.updateValue(place.count, forKey: page) == nil)
      page = pages[Int(page)].newer
    }
    precondition(place.count == free)
    precondition(pages.count { $0.holders == 0 } == free)
    var found = 0
    for (scope, children) in roots {
      precondition(!children.isEmpty)
      for child in children {
        precondition(pages[Int(child)].parent == -1 && pages[Int(child)].scope == scope)
      }
      found += checkSiblings(children)
    }
    for page in 0..<Int32(count) {
      let children = pages[Int(page)].children
      found += checkSiblings(children)
      for child in children {
        precondition(pages[Int(child)].parent == page)
        precondition(pages[Int(page)].count == pageLength, "only full pages have children")
        guard pages[Int(page)].holders == 0 else { continue }
        precondition(pages[Int(child)].holders == 0, "a held page under one that nobody holds")
        precondition(place[child, default: 0] < place[page, default: 0], "a leaf goes first")
      }
    }
    precondition(found == pages.count { $0.count > 0 })
  }

  private func checkSiblings(_ children: [Int32]) -> Int {
    for (left, right) in zip(children, children.dropFirst()) {
      precondition(published(left).lexicographicallyPrecedes(published(right)))
      precondition(!published(right).starts(with: published(left)), "a page within its sibling")
    }
    for child in children {
      precondition((1...Int32(pageLength)).contains(pages[Int(child)].count))
    }
    return children.count
  }
}
