Console.WriteLine("Hello from Sync");
