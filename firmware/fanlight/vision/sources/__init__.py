"""Where frames come from: camera, V4L2 device or recorded file."""
