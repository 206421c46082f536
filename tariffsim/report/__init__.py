"""Tables, text and files from a result; every module here is a pure function of one."""
