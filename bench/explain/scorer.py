"""The model as a command, as fast as Python can: columns are not copied one
value at a time as by testdata/scorer. It notes, in the file named last, how long
it had a batch in its hands, as against waiting for one."""
import sys
import time

import numpy
import pyarrow as pa
import xgboost

path, note = sys.argv[1:]
model = xgboost.Booster(model_file=path)
model.set_param({"nthread": 1})
schema = pa.schema([("score", pa.float64())])
busy = 0.0
reader = pa.ipc.open_stream(sys.stdin.buffer)
with pa.ipc.new_stream(sys.stdout.buffer, schema) as writer:
    for batch in reader:
        begin = time.perf_counter()
        x = numpy.column_stack([c.to_numpy(zero_copy_only=False) for c in batch.columns]).astype(numpy.float32)
        scores = model.inplace_predict(x)
        writer.write_batch(pa.record_batch([pa.array(scores.astype(float))], schema=schema))
        sys.stdout.buffer.flush()
        busy += time.perf_counter() - begin
with open(note, "w", encoding="utf-8") as f:
    f.write(str(busy))
