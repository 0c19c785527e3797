import Testing

@testable import Inference

struct PagePoolTests {
  private let a: [Int32] = [1, 2, 3, 4]
  private let b: [Int32] = [5, 6, 7, 8]

  private func take(_ pool: inout PagePool) throws -> Int32 {
    let page = pool.take()
    return try #require(page)
  }

  /// Takes hold of what matches, and gives its pages.
  private func match(_ pool: inout PagePool, _ tokens: [Int32], scope: String = "") -> [Int32] {
    pool.match(tokens, scope: scope, limit: tokens.count / pool.pageLength).pages
  }

  @Test func `a published page serves those that begin alike, in the same scope only`() throws {
    var pool = PagePool(pages: 4, pageLength: 4, sharing: true)
    let page = try take(&pool)
    _ = pool.publish(page, tokens: a[...], after: .root(scope: "x"))
    pool.release(page)
    #expect(match(&pool, a + [9], scope: "x") == [page])
    #expect(match(&pool, a + [9], scope: "y") == [])
    #expect(match(&pool, [1, 2, 3, 5, 9], scope: "x") == [])
    pool.checkInvariants()
  }

  @Test func `the same tokens after another beginning are not the same page`() throws {
    var pool = PagePool(pages: 4, pageLength: 4, sharing: true)
    let first = try take(&pool)
    let second = try take(&pool)
    let prefix = pool.publish(first, tokens: a[...], after: .root(scope: ""))
    _ = pool.publish(second, tokens: b[...], after: prefix)
    #expect(match(&pool, a + b) == [first, second])
    #expect(match(&pool, b + b) == [])
    #expect(match(&pool, b) == [])
  }

  @Test func `a twin continues the tree of the page that came first`() throws {
    var pool = PagePool(pages: 4, pageLength: 4, sharing: true)
    let pages = try [take(&pool), take(&pool), take(&pool), take(&pool)]
    let first = pool.publish(pages[0], tokens: a[...], after: .root(scope: ""))
    let twin = pool.publish(pages[1], tokens: a[...], after: .root(scope: ""))
    #expect(first == twin)
    _ = pool.publish(pages[2], tokens: b[...], after: twin)
    #expect(match(&pool, a + b) == [pages[0], pages[2]])
    pool.checkInvariants()
  }

  @Test func `the least recently used page is given up first, and found no more`() throws {
    var pool = PagePool(pages: 2, pageLength: 4, sharing: true)
    for tokens in [a, b] {
      let page = try take(&pool)
      _ = pool.publish(page, tokens: tokens[...], after: .root(scope: ""))
      pool.release(page)
    }
    // a is used again, so b is now the oldest.
    for page in match(&pool, a) { pool.release(page) }
    _ = pool.take()
    #expect(pool.matchLength(b, scope: "", limit: 1).pages == 0)
    #expect(pool.matchLength(a, scope: "", limit: 1).pages == 1)
    pool.checkInvariants()
  }

  @Test func `a child of a page that was given up is not found under its successor`() throws {
    var pool = PagePool(pages: 3, pageLength: 4, sharing: true)
    let parent = try take(&pool)
    let child = try take(&pool)
    let prefix = pool.publish(parent, tokens: a[...], after: .root(scope: ""))
    _ = pool.publish(child, tokens: b[...], after: prefix)
    pool.release(parent)
    _ = pool.take()
    // The parent's page is taken for other content, then published again with equal tokens.
    let reused = try take(&pool)
    #expect(reused == parent)
    _ = pool.publish(reused, tokens: a[...], after: .root(scope: ""))
    #expect(match(&pool, a + b) == [reused])
  }

  @Test func `without sharing nothing is found`() throws {
    var pool = PagePool(pages: 2, pageLength: 4, sharing: false)
    let page = try take(&pool)
    _ = pool.publish(page, tokens: a[...], after: .root(scope: ""))
    #expect(match(&pool, a) == [])
  }
}
