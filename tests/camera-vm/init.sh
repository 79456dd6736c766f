#!/bin/busybox sh
# The only program of the small machine: plays every scenario and prints PASS or FAIL for each, then the sum.

/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mkdir -p /run
# Messages of the kernel would fall into the middle of our lines, and the firmware leaves its last one open.
echo 1 >/proc/sys/kernel/printk
echo

CAMERA=/dev/video7
OTHER=/dev/video8
passed=0
failed=0

# load NAME [PARAMETER...]: inserts a module after those that it needs.
load() {
  list=/modules/$1.list
  shift
  last=$(tail -n 1 "$list")
  while read -r module; do
    if [ "$module" = "$last" ]; then
      insmod "/modules/$module" "$@"
    else
      insmod "/modules/$module" 2>/dev/null
    fi
  done <"$list"
}

# show TEXT: lets the camera see a label.
show() {
  loopback_writer "$CAMERA" "$1" 2>/run/writer &
  writer=$!
}

# probe NAME [ID]: scans, and notes the events in /run/NAME.
probe() {
  name=$1
  shift
  : >"/run/$name"
  camera_probe "$@" >"/run/$name" 2>&1 &
  probe=$!
}

# end PID: ends a program, if it has not ended yet.
end() {
  kill "$1" 2>/dev/null
  wait "$1" 2>/dev/null
  return 0
}

# expect NAME TEXT [COUNT]: waits until the events of a probe hold a text, so many times.
expect() {
  tries=200
  until [ "$(grep -c "$2" "/run/$1")" -ge "${3:-1}" ]; do
    tries=$((tries - 1))
    if [ $tries = 0 ]; then
      missing="no '$2' in: $(tr '\n' ' ' <"/run/$1")"
      return 1
    fi
    sleep 0.1
  done
}

# scenario NAME: plays the function of that name.
scenario() {
  missing=
  if "$1"; then
    passed=$((passed + 1))
    echo "PASS $1"
  else
    failed=$((failed + 1))
    echo "FAIL $1: $missing"
  fi
}

no_camera_then_connected() {
  probe first
  expect first '"no_camera"' &&
    load videodev &&
    load v4l2loopback devices=1 video_nr=7 exclusive_caps=0 card_label=Loop &&
    show label-1 &&
    expect first '"live"' &&
    expect first '"label-1"'
  result=$?
  end "$probe"
  return $result
}

listed_by_name() {
  camera_probe list >/run/list
  expect list '"id":"/dev/video7","name":"Loop"'
}

# This driver has neither.
no_zoom_and_no_lamp() {
  probe plain "$CAMERA"
  expect plain '"live"' &&
    expect plain '"zoom":false' &&
    expect plain '"torch":false'
  result=$?
  end "$probe"
  return $result
}

# The label of the scenario before is still shown.
unplugged_and_back() {
  probe unplugged "$CAMERA"
  expect unplugged '"label-1"' &&
    insmod /modules/unplug.ko "device=$CAMERA" &&
    mv "$CAMERA" /dev/pulled-out &&
    expect unplugged '"camera_unplugged"' &&
    ! grep -q '"no_camera"' /run/unplugged &&
    wait_for_writer &&
    rmmod unplug &&
    mv /dev/pulled-out "$CAMERA" &&
    show label-2 &&
    expect unplugged '"live"' 2 &&
    expect unplugged '"label-2"'
  result=$?
  end "$probe"
  return $result
}

# The writer's device is gone as well, so it ends by itself.
wait_for_writer() {
  wait "$writer"
  grep -q 'No such device' /run/writer
}

# v4l2loopback can bound how many may open it: the writer is one, the other program the second.
busy_at_opening_then_free() {
  sleep 1000 <"$CAMERA" &
  other=$!
  echo 2 >/sys/class/video4linux/video7/max_openers
  probe busy "$CAMERA"
  expect busy '"camera_busy"' &&
    end "$other" &&
    expect busy '"live"' &&
    expect busy '"label-2"'
  result=$?
  end "$probe"
  end "$other"
  echo 10 >/sys/class/video4linux/video7/max_openers
  return $result
}

# Most cameras can be opened by several programs and stream to one of them.
busy_at_streaming_then_free() {
  load vivid n_devs=1 node_types=0x1 vid_cap_nr=8 num_inputs=1 input_types=0
  probe streaming "$OTHER"
  other=$probe
  expect streaming '"live"' &&
    probe waiting "$OTHER" &&
    expect waiting '"camera_busy"' &&
    end "$other" &&
    expect waiting '"live"'
  result=$?
  end "$probe"
  end "$other"
  return $result
}

denied_then_allowed() {
  chmod 600 "$CAMERA"
  : >/run/denied
  chmod 666 /run/denied
  su -s /bin/sh nobody -c "exec camera_probe $CAMERA" >/run/denied 2>&1 &
  probe=$!
  expect denied '"camera_denied"' &&
    chmod 666 "$CAMERA" &&
    expect denied '"live"' &&
    expect denied '"label-2"'
  result=$?
  end "$probe"
  return $result
}

scenario no_camera_then_connected
scenario listed_by_name
scenario no_zoom_and_no_lamp
scenario unplugged_and_back
scenario busy_at_opening_then_free
scenario busy_at_streaming_then_free
scenario denied_then_allowed
echo "camera: $passed passed, $failed failed"
poweroff -f
