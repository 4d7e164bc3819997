"""Side-by-side figures. `make bench` runs them all; `python -m benchmarks pages --seconds 5` runs one.

Every pair is interleaved in one run, because machines are noisy: trust the ratios, not the absolute figures.
All traffic stays on this machine, and each benchmark ends by itself.
"""
