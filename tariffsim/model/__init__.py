"""Economics: kernels on arrays, one idea a file, and `project`, which joins them."""
