import Testing

@testable import Inference

struct PagePoolTests {
  private let a: [Int32] = [1, 2, 3, 4]
  private let b: [Int32] = [5, 6, 7, 8]

  private func take(_ pool: inout PagePool) throws -> Int32 {
    let page = pool.take()
    return try #require(page)
  }

  private func match(
    _ pool: PagePool, _ tokens: [Int32], scope: String = ""
  ) -> PagePool.Match {
    pool.match(tokens, scope: scope, limit: tokens.count)
  }

  @Test func `a published page serves those that begin alike, in the same scope only`() throws {
    var pool = PagePool(pages: 4, pageLength: 4, sharing: true)
    let page = try take(&pool)
    #expect(pool.publish(page, a[...], after: -1, scope: "x") == page)
    pool.release(page)
    #expect(match(pool, a + [9], scope: "x") == .init(pages: [page], unheld: 1))
    #expect(match(pool, a + [9], scope: "y") == .init())
    pool.checkInvariants()
  }

  @Test func `a prompt that parts inside a page shares what is before, to the token`() throws {
    var pool = PagePool(pages: 4, pageLength: 4, sharing: true)
    let (first, second) = (try take(&pool), try take(&pool))
    _ = pool.publish(first, a[...], after: -1, scope: "")
    _ = pool.publish(second, [1, 2, 9, 4], after: -1, scope: "")
    #expect(match(pool, [1, 2, 3, 5, 9]) == .init(partial: first, partialTokens: 3))
    #expect(match(pool, [1, 2, 9, 9]) == .init(partial: second, partialTokens: 3))
    #expect(match(pool, [1, 7]).partialTokens == 1)
    #expect(match(pool, [7]) == .init())
    #expect(pool.match(a, scope: "", limit: 3) == .init(partial: first, partialTokens: 3))
    pool.checkInvariants()
  }

  @Test func `a page under its first tokens is found under all once it is full`() throws {
    var pool = PagePool(pages: 4, pageLength: 4, sharing: true)
    let page = try take(&pool)
    _ = pool.publish(page, [1, 2], after: -1, scope: "")
    #expect(match(pool, a) == .init(partial: page, partialTokens: 2))
    _ = pool.publish(page, a[...], after: -1, scope: "")
    #expect(match(pool, a).pages == [page])
    pool.checkInvariants()
  }

  @Test func `a page that another contains leaves the tree`() throws {
    var pool = PagePool(pages: 2, pageLength: 4, sharing: true)
    let (short, long) = (try take(&pool), try take(&pool))
    _ = pool.publish(short, [1, 2], after: -1, scope: "")
    pool.release(short)
    _ = pool.publish(long, a[...], after: -1, scope: "")
    #expect(match(pool, [1, 2, 7]) == .init(partial: long, partialTokens: 2))
    // Its memory is the first to be used again.
    #expect(pool.take() == short)
    pool.checkInvariants()
  }

  @Test func `the same tokens after another beginning are not the same page`() throws {
    var pool = PagePool(pages: 4, pageLength: 4, sharing: true)
    let (first, second) = (try take(&pool), try take(&pool))
    _ = pool.publish(first, a[...], after: -1, scope: "")
    _ = pool.publish(second, b[...], after: first, scope: "")
    #expect(match(pool, a + b).pages == [first, second])
    #expect(match(pool, b + b) == .init())
  }

  @Test func `of two equal pages the first stands for both`() throws {
    var pool = PagePool(pages: 4, pageLength: 4, sharing: true)
    let (first, twin) = (try take(&pool), try take(&pool))
    #expect(pool.publish(first, a[...], after: -1, scope: "") == first)
    #expect(pool.publish(twin, a[...], after: -1, scope: "") == first)
    pool.checkInvariants()
  }

  @Test func `the least recently used leaf is given up first, and found no more`() throws {
    var pool = PagePool(pages: 3, pageLength: 4, sharing: true)
    let parent = try take(&pool)
    _ = pool.publish(parent, a[...], after: -1, scope: "")
    let child = try take(&pool)
    _ = pool.publish(child, b[...], after: parent, scope: "")
    pool.release(child)
    pool.release(parent)
    let other = try take(&pool)
    _ = pool.publish(other, b[...], after: -1, scope: "")
    pool.release(other)
    // The parent is older than the other page, its child is older still.
    #expect(pool.take() == child)
    #expect(match(pool, a + b).pages == [parent])
    pool.hold(match(pool, a))
    pool.release(parent)
    pool.checkInvariants()
    #expect(pool.take() == other)
    #expect(match(pool, b) == .init())
    #expect(match(pool, a).pages == [parent])
  }

  @Test func `without sharing nothing is found`() throws {
    var pool = PagePool(pages: 2, pageLength: 4, sharing: false)
    let page = try take(&pool)
    #expect(pool.publish(page, a[...], after: -1, scope: "") == page)
    #expect(match(pool, a) == .init())
  }

  @Test(arguments: 0..<10)
  func `the longest common prefix is found among any pages`(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    var pool = PagePool(pages: 200, pageLength: 4, sharing: true)
    var known: [[Int32]] = []
    for _ in 0..<60 {
      let tokens = (0..<Int.random(in: 1...11, using: &random)).map { _ in
        Int32.random(in: 0...2, using: &random)
      }
      let found = pool.match(tokens, scope: "", limit: tokens.count)
      let expected = known.map { zip($0, tokens).prefix { $0 == $1 }.count }.max() ?? 0
      #expect(found.tokens(pageLength: 4) == expected)
      // Publishes the whole sequence, as the scheduler does.
      pool.hold(found)
      var held = found.pages
      for start in stride(from: held.count * 4, to: tokens.count, by: 4) {
        let page = try take(&pool)
        let stands = pool.publish(
          page, tokens[start..<min(start + 4, tokens.count)], after: held.last ?? -1, scope: "")
        #expect(stands == page || tokens.count - start < 4)
        held.append(page)
      }
      for page in held.reversed() { pool.release(page) }
      known.append(tokens)
      pool.checkInvariants()
    }
  }
}
