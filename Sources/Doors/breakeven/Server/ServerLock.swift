import Foundation

/// One server a workspace: holds of another process would otherwise be taken for a dead one's. The
/// lock goes with the process, however it ends.
final class ServerLock: Sendable {
  private let descriptor: Int32

  init(workspace: Workspace) throws {
    let path = workspace.folder.appending(path: "server.lock").path
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CommandError(
        "cannot write \(path): \(String(cString: strerror(errno))); check the folder's permissions")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw CommandError(
        "another server already runs on this workspace; stop it first, or use another --workspace")
    }
  }

  deinit { close(descriptor) }
}
