/// One step's tokens, of any number of sequences.
///
/// `tokens[i]` stands at `positions[i]` of sequence `sequences[i]`, an index into ``pageTables``. The
/// tokens of one sequence come in increasing order of position, without gaps; all its earlier
/// positions are in the cache already.
package struct Batch: Sendable {
  package var tokens: [Int32]
  package var positions: [Int32]
  package var sequences: [Int]
  /// The rows whose logits are wanted.
  package var logitRows: [Int]
  /// For each sequence, the cache's pages in the order of its positions: position p lies in entry
  /// p / ``KeyValueCache/pageLength``.
  package var pageTables: [[Int32]]

  package init(
    tokens: [Int32] = [], positions: [Int32] = [], sequences: [Int] = [], logitRows: [Int] = [],
    pageTables: [[Int32]] = []
  ) {
    self.tokens = tokens
    self.positions = positions
    self.sequences = sequences
    self.logitRows = logitRows
    self.pageTables = pageTables
  }
}
