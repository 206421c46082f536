"""Reading and writing files; with `disk`, the only modules that open one."""
