"""Reads QR codes with OpenCV's WeChatQRCode for a process that writes pictures and reads answers.

In: a line with width and height, then the grey pixels. Out: a line of JSON for each picture.
"""
import json
import os
import sys
import time

import cv2
import numpy

models = sys.argv[1]
parts = ("detect.prototxt", "detect.caffemodel", "sr.prototxt", "sr.caffemodel")
cv2.setNumThreads(1)
decoder = cv2.wechat_qrcode_WeChatQRCode(*(os.path.join(models, part) for part in parts))
print(json.dumps({"version": cv2.__version__}), flush=True)

while line := sys.stdin.buffer.readline():
    width, height = (int(number) for number in line.split())
    grey = numpy.frombuffer(sys.stdin.buffer.read(width * height), numpy.uint8)
    grey = grey.reshape(height, width)
    start = time.process_time()
    failed = False
    try:
        texts, corners = decoder.detectAndDecode(grey)
        corners = [marked.tolist() for marked in corners]
    except UnicodeDecodeError:
        # The binding wants UTF-8. A code was read, but neither what it says nor where it is comes through.
        texts, corners = (None,), ([],)
    except cv2.error:
        texts, corners, failed = (), (), True
    ms = (time.process_time() - start) * 1000
    codes = [{"text": text, "corners": marked} for text, marked in zip(texts, corners)]
    print(json.dumps({"ms": ms, "codes": codes, "failed": failed}), flush=True)
