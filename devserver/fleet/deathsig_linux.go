package fleet

import "syscall"

// dieWithParent ends a process when the one that started it ends, however that ends: PostgreSQL's server
// ends its own with it, as after every death of it.
func dieWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGKILL }
