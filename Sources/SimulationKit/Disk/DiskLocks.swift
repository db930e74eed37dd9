import CSQLite

/// Who holds what of a database file, as `xLock` grants it.
struct FileLocks {
  private var sharers: Set<ObjectIdentifier> = []
  private var reserved: ObjectIdentifier?
  private var pending: ObjectIdentifier?
  private var exclusive: ObjectIdentifier?

  var isReserved: Bool { reserved != nil || pending != nil || exclusive != nil }

  mutating func lock(_ level: Int32, for holder: ObjectIdentifier) -> Bool {
    switch level {
    case SQLITE_LOCK_SHARED:
      guard isFree(exclusive, holder), isFree(pending, holder) else { return false }
      sharers.insert(holder)
    case SQLITE_LOCK_RESERVED:
      guard isFree(reserved, holder), isFree(pending, holder), isFree(exclusive, holder) else { return false }
      reserved = holder
    case SQLITE_LOCK_EXCLUSIVE:
      guard isFree(reserved, holder), isFree(pending, holder), isFree(exclusive, holder) else { return false }
      pending = holder
      guard sharers.subtracting([holder]).isEmpty else { return false }
      exclusive = holder
    default: break
    }
    return true
  }

  mutating func unlock(to level: Int32, for holder: ObjectIdentifier) {
    if reserved == holder { reserved = nil }
    if pending == holder { pending = nil }
    if exclusive == holder { exclusive = nil }
    if level == SQLITE_LOCK_NONE { sharers.remove(holder) }
  }

  private func isFree(_ lock: ObjectIdentifier?, _ holder: ObjectIdentifier) -> Bool { lock == nil || lock == holder }
}

/// The index of a write-ahead log, which the connections to one database share. It ends with the last of them.
final class SharedMemory {
  private var regions: [UnsafeMutableRawPointer] = []
  private var sharers = [Set<ObjectIdentifier>](repeating: [], count: Int(SQLITE_SHM_NLOCK))
  private var owners = [ObjectIdentifier?](repeating: nil, count: Int(SQLITE_SHM_NLOCK))
  private var users: Set<ObjectIdentifier> = []

  deinit { for region in regions { region.deallocate() } }

  var isUnused: Bool { users.isEmpty }

  /// A region, made where it may be; `nil` where it does not exist.
  func region(_ number: Int, size: Int, extending: Bool, for user: ObjectIdentifier) -> UnsafeMutableRawPointer? {
    users.insert(user)
    if extending {
      while regions.count <= number {
        let region = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        region.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        regions.append(region)
      }
    }
    return number < regions.count ? regions[number] : nil
  }

  func lock(_ slots: Range<Int>, isShared: Bool, for user: ObjectIdentifier) -> Bool {
    for slot in slots {
      if let owner = owners[slot], owner != user { return false }
      if !isShared, !sharers[slot].subtracting([user]).isEmpty { return false }
    }
    for slot in slots {
      if isShared { sharers[slot].insert(user) } else { owners[slot] = user }
    }
    return true
  }

  func unlock(_ slots: Range<Int>, for user: ObjectIdentifier) {
    for slot in slots {
      sharers[slot].remove(user)
      if owners[slot] == user { owners[slot] = nil }
    }
  }

  func leave(_ user: ObjectIdentifier) {
    unlock(0..<owners.count, for: user)
    users.remove(user)
  }
}
