# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# Guests: QEMU with a network card, a Debian kernel and a busybox in memory. Read after
# tests/lab/lib.sh. A guest's first serial port is its console (a log file), on the second it takes
# command lines from guest(). Emulated (TCG): works without /dev/kvm, and boots in some seconds.

VM_LIB=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
VM_MODULES="failover net_failover virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_net"
declare -A GUEST_PID=()

# Ends the test with a reason when this machine cannot run guests.
vm_needs() {
	local tool
	for tool in qemu-system-x86_64 busybox cpio; do
		command -v "$tool" >/dev/null || lab_skip "no $tool here (Debian: qemu-system-x86 busybox-static cpio)"
	done
	ldd "$(command -v busybox)" >/dev/null 2>&1 && lab_skip "busybox is not a static one (Debian: busybox-static)"
	VM_ROOT=$("$LAB_TOP/tests/tools/peers" --path vm)
	VM_KERNEL=$(find "$VM_ROOT/boot" -name 'vmlinuz-*' 2>/dev/null | sort | tail -n 1)
	[ -n "$VM_KERNEL" ] || lab_skip "no kernel for guests: tests/tools/peers vm fetches one"
}

# vm_initramfs: makes $LAB_DIR/initramfs, once for all guests.
vm_initramfs() {
	local root=$LAB_DIR/initramfs.d module file
	mkdir -p "$root"/{bin,lib,proc,sys,dev,srv,tmp}
	cp "$(command -v busybox)" "$root/bin/busybox"
	for module in $VM_MODULES; do
		file=$(find "$VM_ROOT/lib/modules" -name "$module.ko" | head -n 1)
		[ -n "$file" ] || {
			echo "no module $module for the guests' kernel"
			return 1
		}
		cp "$file" "$root/lib/"
	done
	cat >"$root/init" <<-INIT
		#!/bin/busybox sh
		/bin/busybox --install -s /bin
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -t devtmpfs dev /dev
		echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
		todo="$VM_MODULES"
		while [ -n "\$todo" ]; do # each pass loads those whose needs are met
		    left=
		    for m in \$todo; do insmod /lib/\$m.ko 2>/dev/null || left="\$left \$m"; done
		    [ "\$left" = "\$todo" ] && echo "cannot load: \$left" && break
		    todo=\$left
		done
		ip link set lo up
		exec </dev/ttyS1 >/dev/ttyS1 2>&1
		stty raw -echo
		echo guest-ready >/dev/console
		while true; do while read -r line; do eval "\$line"; done; done
	INIT
	chmod 755 "$root/init"
	(cd "$root" && find . | cpio -o -H newc --quiet) >"$LAB_DIR/initramfs"
}

# guest_start NAME ARGUMENTS...: QEMU with what is its own (qemu_args.py) and these arguments.
guest_start() {
	local name=$1
	shift
	rm -f "$LAB_DIR/$name.serial"
	: >"$LAB_DIR/$name.console"
	# no_timer_check: on a busy machine, the check finds the emulated timer too slow, and panics
	qemu-system-x86_64 -accel tcg -cpu max -nodefaults -no-user-config -display none \
		-no-reboot -kernel "$VM_KERNEL" -initrd "$LAB_DIR/initramfs" \
		-append "console=ttyS0 quiet panic=-1 tsc=reliable no_timer_check mitigations=off" \
		-serial "file:$LAB_DIR/$name.console" \
		-chardev "socket,id=ctl,path=$LAB_DIR/$name.serial,server=on,wait=off" -serial chardev:ctl \
		-monitor "unix:$LAB_DIR/$name.monitor,server=on,wait=off" \
		"$@" >>"$LAB_DIR/$name.log" 2>&1 </dev/null &
	GUEST_PID[$name]=$!
	LAB_PIDS+=($!)
}

# guest_args page|attach NAME: into ARGS, from the command that docs/guests.md has for it, or from what
# `heddle port show NAME --attach` says.
guest_args() {
	case $1 in
	page) "$LAB_PYTHON" "$VM_LIB/qemu_args.py" page "$LAB_TOP/docs/guests.md" "$2" ;;
	attach) hd sw port show "$2" --attach --json | "$LAB_PYTHON" "$VM_LIB/qemu_args.py" attach ;;
	esac >"$LAB_DIR/args"
	mapfile -d "" -t ARGS <"$LAB_DIR/args"
}

# guest_page NAME
guest_page() {
	guest_args page "$1"
	guest_start "$1" "${ARGS[@]}"
}

# guest_attach NAME OLD NEW: with OLD replaced.
guest_attach() {
	guest_args attach "$1"
	guest_start "$1" "${ARGS[@]/"$2"/"$3"}"
}

# guest_migrate FROM TO: to one that was started with -incoming unix:$LAB_DIR/TO.incoming.
guest_migrate() {
	"$LAB_PYTHON" - "$LAB_DIR/$1.monitor" "migrate unix:$LAB_DIR/$2.incoming" <<-'PY'
		import socket, sys
		monitor = socket.socket(socket.AF_UNIX)
		monitor.settimeout(60)
		monitor.connect(sys.argv[1])
		def say(line):
		    """Each answer ends with a prompt; what was typed is echoed before it."""
		    monitor.sendall(line.encode())
		    text = ""
		    while not text.endswith("(qemu) "):
		        text += monitor.recv(65536).decode(errors="replace")
		    return text
		say("")
		say(sys.argv[2] + "\n")
		text = say("info migrate\n")
		print(text)
		sys.exit("Migration status: completed" not in text)
	PY
}

# guest_ready NAME ADDRESS...: waits until it has booted, then gives its card the addresses.
guest_ready() {
	local name=$1 addr
	shift
	wait_for 90 guest_ended_booting "$name" || true
	guest_booted "$name" || {
		echo "guest $name did not boot"
		tail -n 5 "$LAB_DIR/$name.console" "$LAB_DIR/$name.log"
		return 1
	}
	guest "$name" "ip link set eth0 up"
	for addr; do guest "$name" "ip addr add $addr dev eth0"; done
}

guest_booted() { grep -q guest-ready "$LAB_DIR/$1.console"; }
guest_ended_booting() { guest_booted "$1" || lab_gone "${GUEST_PID[$1]}"; }

# guest NAME COMMAND: runs a line of shell in the guest; its output and status are the command's.
guest() {
	"$LAB_PYTHON" "$VM_LIB/guest_run.py" "$LAB_DIR/$1.serial" "$2"
}

guest_kill() {
	kill -KILL "${GUEST_PID[$1]}"
	wait "${GUEST_PID[$1]}" 2>/dev/null || true
}

