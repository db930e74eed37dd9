import Dhan
