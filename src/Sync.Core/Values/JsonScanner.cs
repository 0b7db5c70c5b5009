namespace Sync;

internal static class JsonScanner
{
    public static JsonKind KindOf(byte first) => throw new NotImplementedException();
}
