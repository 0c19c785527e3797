import Testing

@testable import Inference

struct PagePoolTests {
  private let a: [Int32] = [1, 2, 3, 4]
  private let b: [Int32] = [5, 6, 7, 8]

  @Test func `a published page serves those that begin alike, in the same scope only`() throws {
    var pool = PagePool(pages: 4, pageLength: 4, sharing: true)
    let page = try #require(pool.take())
    _ = pool.publish(page, tokens: a[...], after: .root(scope: "x"))
    pool.release(page)
    #expect(pool.match(a + [9], scope: "x", limit: 1).pages == [page])
    #expect(pool.match(a + [9], scope: "y", limit: 1).pages == [])
    #expect(pool.match([1, 2, 3, 5, 9], scope: "x", limit: 1).pages == [])
    pool.checkInvariants()
  }

  @Test func `the same tokens after another beginning are not the same page`() throws {
    var pool = PagePool(pages: 4, pageLength: 4, sharing: true)
    let first = try #require(pool.take())
    let second = try #require(pool.take())
    let prefix = pool.publish(first, tokens: a[...], after: .root(scope: ""))
    _ = pool.publish(second, tokens: b[...], after: prefix)
    #expect(pool.match(a + b, scope: "", limit: 2).pages == [first, second])
    #expect(pool.match(b + b, scope: "", limit: 2).pages == [])
    #expect(pool.match(b, scope: "", limit: 1).pages == [])
  }

  @Test func `a twin continues the tree of the page that came first`() throws {
    var pool = PagePool(pages: 4, pageLength: 4, sharing: true)
    let pages = try (0..<4).map { _ in try #require(pool.take()) }
    let first = pool.publish(pages[0], tokens: a[...], after: .root(scope: ""))
    let twin = pool.publish(pages[1], tokens: a[...], after: .root(scope: ""))
    #expect(first == twin)
    _ = pool.publish(pages[2], tokens: b[...], after: twin)
    #expect(pool.match(a + b, scope: "", limit: 2).pages == [pages[0], pages[2]])
    pool.checkInvariants()
  }

  @Test func `the least recently used page is given up first, and found no more`() throws {
    var pool = PagePool(pages: 2, pageLength: 4, sharing: true)
    for tokens in [a, b] {
      let page = try #require(pool.take())
      _ = pool.publish(page, tokens: tokens[...], after: .root(scope: ""))
      pool.release(page)
    }
    // a is used again, so b is now the oldest.
    for page in pool.match(a, scope: "", limit: 1).pages { pool.release(page) }
    _ = pool.take()
    #expect(pool.matchLength(b, scope: "", limit: 1).pages == 0)
    #expect(pool.matchLength(a, scope: "", limit: 1).pages == 1)
    pool.checkInvariants()
  }

  @Test func `a child of a page that was given up is not found under its successor`() throws {
    var pool = PagePool(pages: 3, pageLength: 4, sharing: true)
    let parent = try #require(pool.take())
    let child = try #require(pool.take())
    let prefix = pool.publish(parent, tokens: a[...], after: .root(scope: ""))
    _ = pool.publish(child, tokens: b[...], after: prefix)
    pool.release(parent)
    _ = pool.take()
    // The parent's page is taken for other content, then published again with equal tokens.
    let reused = try #require(pool.take())
    #expect(reused == parent)
    _ = pool.publish(reused, tokens: a[...], after: .root(scope: ""))
    #expect(pool.match(a + b, scope: "", limit: 2).pages == [reused])
  }

  @Test func `without sharing nothing is found`() throws {
    var pool = PagePool(pages: 2, pageLength: 4, sharing: false)
    let page = try #require(pool.take())
    _ = pool.publish(page, tokens: a[...], after: .root(scope: ""))
    #expect(pool.match(a, scope: "", limit: 1).pages == [])
  }
}
