internal import CKernels

/// The working memory of one product of block-quantised weights: activations as int8, two rows a
/// token, and for each worker the rest of a row, a slice's results and the kernel's scratch.
struct ProductMemory: @unchecked Sendable {
  let activations: ck_activations
  let scratch: UnsafeMutableRawPointer
  private let layout: ActivationLayout
  private let workers: UnsafeMutableRawPointer
  private let restBytes: Int
  private let workerBytes: Int

  init(columns: Int, tokens: Int, sliceRows: Int, workers count: Int, pool: ThreadPool) {
    layout = ActivationLayout(columns: columns, tokens: 2 * tokens)
    restBytes = roundUp(columns * 4, 64)
    workerBytes = restBytes + roundUp(2 * tokens * sliceRows * 4, 64)
    let activationBytes = roundUp(layout.byteCount, 64)
    let memory = pool.scratch.reserve(
      activationBytes + count * (workerBytes + ck_multiply_scratch(columns)))
    activations = layout.bind(memory)
    workers = memory + activationBytes
    scratch = workers + count * workerBytes
  }

  func row(_ index: Int) -> ck_activations { layout.row(index, of: activations) }

  /// [columns]: what rounding a row left over.
  func rest(worker: Int) -> UnsafeMutablePointer<Float> {
    (workers + worker * workerBytes).assumingMemoryBound(to: Float.self)
  }

  /// [2 · tokens][rows of the slice]
  func parts(worker: Int) -> UnsafeMutablePointer<Float> {
    (workers + worker * workerBytes + restBytes).assumingMemoryBound(to: Float.self)
  }
}
