"""Where frames come from: camera, V4L2 device or recorded file."""

from __future__ import annotations

import os

# FFmpeg and OpenCV write straight to stderr what they think of a broken file; the person gets
# our words instead. Waiting for a V4L2 frame must not outlast the look's own deadline.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")

import cv2

LOG_ERRORS_ONLY = 2
cv2.setLogLevel(LOG_ERRORS_ONLY)
