namespace TaskApp.Data;

/// <summary>The SQL of this folder, embedded in the app.</summary>
internal static class Scripts
{
    /// <param name="name">Folder and file: <c>Sqlite.schema.sql</c>.</param>
    public static string Read(string name)
    {
        using var stream = typeof(Scripts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the app.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
