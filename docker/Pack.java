import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Packs the jars of an image anew, in place, so that a start finds all its classes in the JVM's
 * cache and its libraries on the disk: {@code java Pack.java LIB_DIR [NATIVE_DIR]}.
 *
 * <ul>
 *   <li>Signatures go: a signed jar's classes are not taken into the cache. OpenJDK asks no provider
 *       for one.
 *   <li>Classes of a file version below 50 get the version of Java 8, with the stack maps that it
 *       wants: older ones are not taken into the cache.
 *   <li>Native libraries are put into NATIVE_DIR, where it is named, instead of being unpacked from
 *       their jar at each start.
 * </ul>
 */
final class Pack {

    /** The first whose classes the cache takes. */
    private static final int VERSION_MIN = ClassFile.JAVA_6_VERSION;

    private static final int VERSION_MADE = ClassFile.JAVA_8_VERSION;

    private static final int MAJOR_AT = 6;

    private final ClassFile classes;
    private final Path natives;

    private Pack(ClassLoader all, Path natives) {
        this.natives = natives;
        this.classes =
                ClassFile.of(
                        ClassFile.ClassHierarchyResolverOption.of(
                                ClassHierarchyResolver.ofResourceParsing(all)
                                        .orElse(ClassHierarchyResolver.defaultResolver())),
                        ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
    }

    public static void main(String[] args) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(Path.of(args[0]))) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
        try (var all = new URLClassLoader(jars.stream().map(Pack::url).toArray(URL[]::new))) {
            Pack pack = new Pack(all, args.length > 1 ? Path.of(args[1]) : null);
            for (Path jar : jars) {
                Path packed = jar.resolveSibling(jar.getFileName() + ".packed");
                pack.pack(jar, packed);
                Files.move(packed, jar, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private void pack(Path jar, Path packed) throws IOException {
        var entries = new TreeMap<String, byte[]>();
        try (var from = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(from.entries())) {
                if (!entry.isDirectory() && !isSignature(entry.getName())) {
                    try (InputStream content = from.getInputStream(entry)) {
                        entries.put(entry.getName(), content.readAllBytes());
                    }
                }
            }
        }
        try (var to = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(packed)))) {
            to.setLevel(Deflater.BEST_COMPRESSION);
            // A manifest is looked for at the beginning.
            byte[] manifest = entries.remove("META-INF/MANIFEST.MF");
            if (manifest != null) {
                put(to, "META-INF/MANIFEST.MF", withoutDigests(manifest));
            }
            for (var entry : entries.entrySet()) {
                String name = entry.getKey();
                byte[] content = entry.getValue();
                if (natives != null && isLibrary(name)) {
                    Files.createDirectories(natives);
                    Files.write(natives.resolve(Path.of(name).getFileName()), content);
                } else {
                    put(to, name, name.endsWith(".class") ? renewed(content) : content);
                }
            }
        }
    }

    /** Of Netty and of the crypto provider, which both look where the JVM does. */
    private static boolean isLibrary(String name) {
        return name.matches("(META-INF/native|com/amazon)/.*\\.so");
    }

    private static boolean isSignature(String name) {
        return name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)");
    }

    private static byte[] withoutDigests(byte[] text) throws IOException {
        var manifest = new Manifest(new ByteArrayInputStream(text));
        manifest.getEntries()
                .values()
                .removeIf(attributes -> attributes.keySet().stream().allMatch(Pack::isDigest));
        var made = new ByteArrayOutputStream();
        manifest.write(made);
        return made.toByteArray();
    }

    private static boolean isDigest(Object attribute) {
        return attribute.toString().endsWith("-Digest");
    }

    private byte[] renewed(byte[] content) {
        int major = (content[MAJOR_AT] & 0xff) << 8 | content[MAJOR_AT + 1] & 0xff;
        if (major >= VERSION_MIN) {
            return content;
        }
        // Each body is written anew, element by element, or it would be copied without maps.
        return classes.transformClass(
                classes.parse(content),
                ClassTransform.transformingMethodBodies(CodeBuilder::with)
                        .andThen(ClassTransform.dropping(ClassFileVersion.class::isInstance))
                        .andThen(ClassTransform.endHandler(
                                made -> made.withVersion(VERSION_MADE, 0))));
    }

    private static void put(ZipOutputStream to, String name, byte[] content) throws IOException {
        var entry = new ZipEntry(name);
        entry.setTime(0);
        to.putNextEntry(entry);
        to.write(content);
        to.closeEntry();
    }
}
