import Glibc

enum ProcessorCount {
  static var online: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }
}
