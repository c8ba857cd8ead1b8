/* Keeps a copy of each file as it was at its last fsync: what a power cut would have left.

   Preloaded into the process that writes; IMAGE names the folder of the copies. A copy is renamed
   into place, so that one that is cut short is none. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void keep(int fd)
{
    char link[64], path[PATH_MAX], draft[2 * PATH_MAX + 64], image[2 * PATH_MAX], bytes[1 << 16];
    const char *folder = getenv("IMAGE");
    struct stat what;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!folder || length <= 0 || fstat(fd, &what) || !S_ISREG(what.st_mode))
        return;
    path[length] = 0;
    snprintf(image, sizeof image, "%s/%s", folder, strrchr(path, '/') + 1);
    snprintf(draft, sizeof draft, "%s.part", image);
    int from = open(path, O_RDONLY | O_CLOEXEC);
    int to = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t got, put = 0;
    while (from >= 0 && to >= 0 && (got = read(from, bytes, sizeof bytes)) > 0 && put >= 0)
        put = write(to, bytes, got);
    close(from);
    close(to);
    if (from >= 0 && to >= 0 && put >= 0)
        rename(draft, image);
}

int fsync(int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int code = real(fd);
    keep(fd);
    return code;
}

int fdatasync(int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int code = real(fd);
    keep(fd);
    return code;
}
