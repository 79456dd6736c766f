// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Pulls out a camera while this module is loaded: `insmod unplug.ko device=/dev/video7`.
 *
 * A driver whose camera is pulled out calls video_unregister_device(), which clears one flag; from then on the kernel
 * answers every call on the open device with ENODEV and every poll with POLLERR | POLLHUP. This clears the same flag,
 * and sets it again when the module is removed, so that the camera can be put back.
 *
 * The camera's own module must stay loaded meanwhile.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <media/v4l2-dev.h>

static char *device = "/dev/video0";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "device node of the camera to pull out");

static struct video_device *camera;

static int __init unplug_init(void)
{
	struct file *file = filp_open(device, O_RDWR | O_NONBLOCK, 0);

	if (IS_ERR(file))
		return PTR_ERR(file);
	camera = video_devdata(file);
	clear_bit(V4L2_FL_REGISTERED, &camera->flags);
	filp_close(file, NULL);
	return 0;
}

static void __exit unplug_exit(void)
{
	set_bit(V4L2_FL_REGISTERED, &camera->flags);
}

module_init(unplug_init);
module_exit(unplug_exit);
MODULE_DESCRIPTION("Pulls out a Video4Linux camera");
MODULE_LICENSE("Dual MIT/GPL");
