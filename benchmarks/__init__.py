"""What is claimed about accuracy, speed and memory, to be run again with one command: `python -m benchmarks.run`.

Each benchmark prints Markdown tables and runs alone too (`python -m benchmarks.public --quick`); its module says what
it measures. The programs it is compared with (scikit-learn, bm25s, onnx, onnxruntime) are needed here only: install
them with `pip install scikit-learn bm25s onnx onnxruntime`. A comparison whose package is missing is left out, and
said to be. Those of concerns and alerts start AskFirst, a mail server and PostgreSQL as processes of their own and need
what the tests need.
"""
